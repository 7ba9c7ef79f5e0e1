package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** P-112: 20 ticks a second in ten phases of 5 ms, down to 400 of 1000. */
class DilationTest {
    private static final int TICK_HZ = 20;
    private static final int PHASES = 10;
    private static final int CROWD = 1_000;
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final ThreadStrain thread = new ThreadStrain(new CopyOnWriteArrayList<>(), 50 * MILLI);
    private final Dilation dilation = new Dilation(TICK_HZ, 1, PHASES, 400);

    /** The room as its thread sees it. */
    private final Ticking room = new Ticking() {
        @Override
        boolean tick(SendBatch batch, long dueMillis) {
            return true;
        }

        @Override
        long workNanos() {
            return dilation.workATickNanos();
        }

        @Override
        int audience() {
            return CROWD;
        }
    };

    /** @param takesMillis by the permille at which the room runs @return the speeds, one after another */
    private List<Integer> run(int ticks, LongUnaryOperator takesMillis) {
        List<Integer> speeds = new ArrayList<>();
        for (int i = 0; i < ticks; i++) {
            if (dilation.ticked(takesMillis.applyAsLong(dilation.permille()) * MILLI, CROWD, thread)) {
                speeds.add(dilation.permille());
            }
        }
        return speeds;
    }

    private List<Integer> run(int ticks, long tookMillis) {
        return run(ticks, permille -> tookMillis);
    }

    /** The thread's ticks begin so late on average. */
    private void late(long millis) {
        for (int i = 0; i < 10; i++) {
            thread.late(millis * MILLI);
        }
        thread.judge(List.of(List.of(room)));
    }

    @Test
    void aRoomWhoseWorkFitsStaysAtFullSpeed() {
        assertThat(run(1_000, 39)).isEmpty();
        assertThat(dilation.permille()).isEqualTo(1_000);
    }

    @Test
    void aRoomThatTicksEveryFourthTimeMayTakeFourTimesAsLong() {
        Dilation seldom = new Dilation(TICK_HZ, 4, PHASES, 400);
        for (int i = 0; i < 1_000; i++) {
            assertThat(seldom.ticked(4 * 39 * MILLI, CROWD, thread)).isFalse();
        }
        assertThat(seldom.workATickNanos()).as("for the thread").isEqualTo(39 * MILLI);
        for (int i = 0; i < 1_000; i++) {
            seldom.ticked(4 * 60 * MILLI, CROWD, thread);
        }
        run(1_000, 60);
        assertThat(seldom.permille()).isEqualTo(dilation.permille()).isLessThan(1_000);
    }

    @Test
    void aSingleLongTickChangesNothing() {
        run(4, 1);
        assertThat(run(1, 300)).isEmpty();
        assertThat(run(100, 1)).isEmpty();
    }

    @Test
    void slowsDownInSmallStepsUntilTheWorkFitsAndNoFurther() {
        List<Integer> speeds = run(1_000, 60);
        assertThat(speeds).isSortedAccordingTo((one, other) -> other - one);
        // 60 ms are 80 % of 75 ms.
        assertThat(speeds.get(speeds.size() - 1)).isBetween(625, 667);
        int before = 1_000;
        for (int speed : speeds) {
            assertThat(speed).isGreaterThanOrEqualTo(before * 10 / 13);
            before = speed;
        }
    }

    @Test
    void neverBecomesSlowerThanItMay() {
        run(1_000, 500);
        assertThat(dilation.permille()).isEqualTo(400);
        assertThat(dilation.extraPhases()).isEqualTo(15);
    }

    @Test
    void aRoomThatMayNotSlowDownDoesNot() {
        Dilation never = new Dilation(TICK_HZ, 1, PHASES, 1_000);
        for (int i = 0; i < 1_000; i++) {
            assertThat(never.ticked(500 * MILLI, CROWD, thread)).isFalse();
        }
    }

    @Test
    void returnsToFullSpeedStepByStepWhenTheWorkIsLess() {
        run(1_000, 60);
        List<Integer> speeds = run(1_000, 5);
        assertThat(speeds).isSorted().hasSizeGreaterThan(3).endsWith(1_000);
        assertThat(dilation.extraPhases()).isZero();
    }

    /** With the work of 80 ms the room is at 500, and with that of 45 ms it would fit at 667 with less than a fifth left. */
    @Test
    void workBetweenBothBoundsChangesNothing() {
        run(1_000, 60);
        int speed = dilation.permille();
        assertThat(run(1_000, 50)).isEmpty();
        assertThat(dilation.permille()).isEqualTo(speed);
    }

    /** The work of one step back is too much, so the room tries it more and more rarely. */
    @Test
    void doesNotSwingToAndFro() {
        LongUnaryOperator cliff = permille -> permille >= 800 ? 70 : 10;
        run(2_000, cliff);
        List<Integer> swings = run(4_000, cliff);
        // 4,000 ticks are 800 windows; a swing is a step back and steps down again.
        assertThat(swings.size()).isLessThan(60);
    }

    @Test
    void slowsDownWhenItsThreadIsOverloadedByIt() {
        for (int i = 0; i < 40; i++) {
            run(Dilation.WINDOW_TICKS, 2);
            late(20);
        }
        assertThat(dilation.permille()).isEqualTo(400);
        late(9);
        assertThat(run(200, 2)).as("while its thread is busy").isEmpty();
        late(1);
        run(2_000, 2);
        assertThat(dilation.permille()).isEqualTo(1_000);
    }

    @Test
    void aRoomWithoutMembersIsAtFullSpeedAtOnce() {
        run(1_000, 60);
        assertThat(dilation.reset()).isTrue();
        assertThat(dilation.permille()).isEqualTo(1_000);
        assertThat(dilation.reset()).isFalse();
    }

    @Test
    void atOtherRatesTheStepsAreThePhasesThatThereAre() {
        Dilation fast = new Dilation(100, 1, TickPhases.phasesOf(100), 400);
        for (int i = 0; i < 1_000; i++) {
            fast.ticked(100 * MILLI, CROWD, thread);
        }
        assertThat(fast.permille()).isEqualTo(400);
    }
}
