package tavern.server.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class WallClockTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final SetClocks machine = new SetClocks();
    private final long began = machine.wall().millis();

    @Test
    void aServerStartedBeforeTheClockWasSetIsRightAtOnceAfterwards() {
        machine.turn(SECOND);
        machine.setWall(Duration.ofDays(365));
        assertThat(machine.wall().millis())
                .isEqualTo(began + Duration.ofDays(365).plus(SECOND).toMillis());
    }

    @Test
    void aMachineThatWasSuspendedIsRightAtOnceWhenItGoesOn() {
        machine.setWall(Duration.ofHours(8));
        assertThat(machine.wall().millis())
                .isEqualTo(began + Duration.ofHours(8).toMillis());
        assertThat(machine.monotonic().millis()).isEqualTo(TimeUnit.HOURS.toMillis(1));
    }

    @Test
    void aClockThatWasADayAheadIsRightAtOnceWhenItIsSetBack() {
        machine.setWall(Duration.ofDays(-1));
        machine.turn(SECOND);
        assertThat(machine.wall().millis())
                .isEqualTo(began - Duration.ofDays(1).minus(SECOND).toMillis());
    }

    @Test
    void aSmallDifferenceIsMadeUpForGraduallyAndTheDateDoesNotGoBack() {
        for (int ahead : new int[] {-900, 900}) {
            machine.setWall(Duration.ofMillis(ahead));
            long last = machine.wall().millis();
            for (int i = 0; i < 10_000; i++) {
                machine.turn(Duration.ofMillis(1));
                long now = machine.wall().millis();
                assertThat(now - last).as("in 1 ms, step %s", i).isBetween(0L, 2L);
                last = now;
            }
            machine.turn(SECOND);
        }
        assertThat(machine.wall().millis()).isEqualTo(began + 2 * (10_000 + 1_000));
        machine.setWall(Duration.ofMillis(500));
        assertThat(machine.wall().millis()).as("not all at once").isEqualTo(began + 22_000);
        machine.turn(Duration.ofSeconds(5));
        assertThat(machine.wall().millis()).isEqualTo(began + 27_500);
    }

    @Test
    void aThreadThatIsStoppedBetweenTwoReadingsDoesNotMoveTheDate() {
        long[] nanos = {TimeUnit.HOURS.toNanos(1)};
        long[] pause = {0};
        WallClock clock = new WallClock(() -> TimeUnit.NANOSECONDS.toMillis(nanos[0]), () -> {
            long read = nanos[0];
            nanos[0] += pause[0];
            return read;
        });
        long before = clock.millis();
        pause[0] = TimeUnit.SECONDS.toNanos(3);
        clock.millis();
        pause[0] = 0;
        assertThat(clock.millis()).isEqualTo(before + 6_000);
    }

    @Test
    void theSystemsClocksTellTheMachinesTimeAndNeverGoBack() {
        Clocks clocks = Clocks.system();
        assertThat(Duration.between(clocks.wall().instant(), Instant.now()).abs())
                .isLessThan(Duration.ofSeconds(2));
        long last = clocks.monotonic().read();
        assertThat(last).isGreaterThanOrEqualTo(TimeUnit.HOURS.toNanos(1));
        for (int i = 0; i < 10_000; i++) {
            long now = clocks.monotonic().read();
            assertThat(now).isGreaterThanOrEqualTo(last);
            last = now;
        }
    }
}
