package tavern.server.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClockTrustTest {
    private final SetClocks clocks = new SetClocks();
    private final ClockTrust trust = new ClockTrust(clocks.clocks());

    @Test
    void afterAStartTheClockHasToProveItself() {
        assertThat(trust.isTrusted()).isFalse();
        clocks.turn(ClockTrust.PROOF_MILLIS - 1);
        assertThat(trust.isTrusted()).isFalse();
        clocks.turn(1);
        assertThat(trust.isTrusted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {31 * 24 * 60, 2, -2, -31 * 24 * 60})
    void aClockThatWasSetHasToProveItselfAgain(int minutes) {
        clocks.turn(ClockTrust.PROOF_MILLIS);
        assertThat(trust.isTrusted()).isTrue();
        clocks.setWall(Duration.ofMinutes(minutes));
        clocks.turn(1_000);
        assertThat(trust.isTrusted()).isFalse();
        clocks.turn(ClockTrust.PROOF_MILLIS);
        assertThat(trust.isTrusted()).isTrue();
    }

    @Test
    void smallCorrectionsDoNoHarm() {
        for (int day = 0; day < 100; day++) {
            clocks.turn(Duration.ofDays(1));
            clocks.setWall(Duration.ofSeconds(day % 2 == 0 ? 20 : -20));
            assertThat(trust.isTrusted()).as("day %s", day).isTrue();
        }
    }
}
