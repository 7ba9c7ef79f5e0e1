package tavern.bench;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class StopTest {
    private final Stop stop = new Stop();

    @Test
    void timePasses() {
        assertThatCode(() -> stop.pass(Duration.ofMillis(1))).doesNotThrowAnyException();
    }

    @Test
    void onceStoppedNoTimePasses() {
        stop.now();

        assertThatThrownBy(() -> stop.pass(Duration.ofHours(1))).isInstanceOf(InterruptedException.class);
    }
}
