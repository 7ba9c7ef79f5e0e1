package tavern.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class SteadyClockTest {
    @Test
    void itTellsAboutTheMachinesTimeAndNeverGoesBack() {
        SteadyClock clock = new SteadyClock();
        assertThat(Duration.between(clock.instant(), Instant.now()).abs()).isLessThan(Duration.ofSeconds(2));
        long last = 0;
        for (int i = 0; i < 100_000; i++) {
            long now = clock.millis();
            assertThat(now).isGreaterThanOrEqualTo(last);
            last = now;
        }
    }
}
