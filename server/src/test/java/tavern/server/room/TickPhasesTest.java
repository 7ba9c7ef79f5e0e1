package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.server.guard.MuteError;

/** Time is turned by hand here, a millisecond at a time. */
final class TickPhasesTest {
    private static final int TICK_HZ = 20;
    private static final int INTERVAL_MILLIS = 1_000 / TICK_HZ;
    private static final int ROOMS = 200;

    private final EmbeddedChannel thread = new EmbeddedChannel();
    private long millis = 1_700_000_000_003L;
    private final TickPhases phases = new TickPhases(
            frozen(),
            0,
            TICK_HZ,
            () -> TimeUnit.MILLISECONDS.toNanos(millis),
            new RoomMetrics(new SimpleMeterRegistry()),
            new ThreadStrain(new CopyOnWriteArrayList<>(), TimeUnit.MILLISECONDS.toNanos(INTERVAL_MILLIS)));
    private final List<Ticked> rooms = new ArrayList<>();

    /** How many rooms ticked, by the time; since the last {@link #take}. */
    private TreeMap<Long, Integer> wakeUps = new TreeMap<>();

    private EventLoop frozen() {
        thread.freezeTime();
        return thread.eventLoop();
    }

    private final class Ticked extends Ticking {
        boolean awake;
        boolean broken;
        boolean mute;
        long last = millis;
        long longest;
        int extraPhases;
        final List<Long> at = new ArrayList<>();

        @Override
        int extraPhases() {
            return extraPhases;
        }

        @Override
        boolean tick(SendBatch batch, long dueMillis) {
            longest = Math.max(longest, millis - last);
            last = millis;
            at.add(millis);
            wakeUps.merge(millis, 1, Integer::sum);
            if (broken) {
                throw new IllegalStateException("a room that is broken");
            }
            if (mute) {
                throw new MuteError();
            }
            return awake;
        }
    }

    private void open(int count) {
        for (int i = 0; i < count; i++) {
            Ticked room = new Ticked();
            rooms.add(room);
            phases.add(room);
        }
        thread.runPendingTasks();
    }

    private void pass(int duration) {
        for (int i = 0; i < duration; i++) {
            millis++;
            thread.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            thread.runScheduledPendingTasks();
        }
    }

    private TreeMap<Long, Integer> take() {
        TreeMap<Long, Integer> taken = wakeUps;
        wakeUps = new TreeMap<>();
        return taken;
    }

    private void wake(int count) {
        for (int i = 0; i < rooms.size(); i++) {
            rooms.get(i).awake = i < count;
        }
    }

    @Test
    void roomsThatMoveAreSpreadOverTheIntervalAndTickOnceInIt() {
        open(ROOMS);
        wake(ROOMS);
        pass(3_000);
        take();
        pass(10 * INTERVAL_MILLIS);
        TreeMap<Long, Integer> ticks = take();
        assertThat(ticks).hasSize(100);
        assertThat(ticks.values()).allMatch(together -> together == ROOMS / 10);
        assertThat(rooms).allMatch(room -> room.longest <= INTERVAL_MILLIS);
    }

    @Test
    void aThreadWhoseRoomsRestWakesUpOnceAnIntervalForAllOfThem() {
        open(ROOMS);
        pass(1_500);
        take();
        pass(10 * INTERVAL_MILLIS);
        TreeMap<Long, Integer> ticks = take();
        assertThat(ticks).hasSize(10);
        assertThat(ticks.values()).allMatch(together -> together == ROOMS);
    }

    @Test
    void someThatMoveAmongManyThatRestAreNoBurst() {
        open(ROOMS);
        wake(10);
        pass(1_500);
        take();
        pass(10 * INTERVAL_MILLIS);
        assertThat(take()).hasSize(10);
        wake(50);
        pass(2 * INTERVAL_MILLIS);
        take();
        pass(10 * INTERVAL_MILLIS);
        assertThat(take()).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, ROOMS})
    void afterAPauseEachRoomTicksOnceAndNotAsOftenAsItWouldHave(int awake) {
        open(ROOMS);
        wake(awake);
        pass(1_500);
        take();
        millis += 10_000;
        thread.advanceTimeBy(10_000, TimeUnit.MILLISECONDS);
        thread.runScheduledPendingTasks();
        assertThat(take().values()).containsExactly(ROOMS);
        pass(2 * INTERVAL_MILLIS);
        assertThat(take().values().stream().mapToInt(together -> together).sum())
                .isEqualTo(2 * ROOMS);
    }

    @Test
    void aTickThatThrowsWhatCannotSpeakDoesNotEndTheTimer() {
        open(2);
        rooms.get(0).mute = true;
        take();
        pass(2 * INTERVAL_MILLIS);
        assertThat(take().values().stream().mapToInt(together -> together).sum())
                .isEqualTo(4);
    }

    @Test
    void aTickThatThrowsCostsTheOthersNothing() {
        open(2);
        rooms.get(0).broken = true;
        take();
        pass(2 * INTERVAL_MILLIS);
        assertThat(take().values().stream().mapToInt(together -> together).sum())
                .isEqualTo(4);
    }

    @Test
    void aRoomThatIsRemovedTicksNoMore() {
        open(2);
        phases.remove(rooms.get(0));
        thread.runPendingTasks();
        take();
        pass(INTERVAL_MILLIS);
        assertThat(take().values()).containsExactly(1);
    }

    /** P-112: evenly, with the phases as steps, and the others as before. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 15})
    void aSlowRoomTicksEvenlyAndLessOftenAndNobodyElseDoes(int extraPhases) {
        open(ROOMS);
        pass(1_500);
        Ticked slow = rooms.get(7);
        slow.extraPhases = extraPhases;
        pass(500);
        rooms.forEach(room -> {
            room.longest = 0;
            room.at.clear();
        });
        int intervalMillis = INTERVAL_MILLIS + 5 * extraPhases;
        pass(4 * intervalMillis);
        assertThat(slow.at).hasSize(4);
        assertThat(slow.longest).isEqualTo(intervalMillis);
        assertThat(rooms).filteredOn(room -> room != slow).allMatch(room -> room.longest == INTERVAL_MILLIS);
        slow.extraPhases = 0;
        pass(intervalMillis + INTERVAL_MILLIS);
        slow.longest = 0;
        pass(10 * INTERVAL_MILLIS);
        assertThat(slow.longest).isEqualTo(INTERVAL_MILLIS);
    }

    @Test
    void afterAPauseASlowRoomDoesNotMakeUpForItsTicks() {
        open(2);
        Ticked slow = rooms.get(0);
        slow.extraPhases = 10;
        pass(500);
        slow.at.clear();
        millis += 1_030;
        thread.advanceTimeBy(1_030, TimeUnit.MILLISECONDS);
        thread.runScheduledPendingTasks();
        assertThat(slow.at).hasSize(1);
        pass(1_000);
        for (int i = 1; i < slow.at.size(); i++) {
            // The pause ended within a phase.
            assertThat(slow.at.get(i) - slow.at.get(i - 1)).isGreaterThan(INTERVAL_MILLIS - 5);
        }
        assertThat(slow.at).hasSizeBetween(10, 12);
    }

    @Test
    void slowRoomsThatCloseAreForgottenAndTheOthersStayDue() {
        open(6);
        rooms.forEach(room -> room.extraPhases = 5);
        pass(300);
        phases.remove(rooms.get(1));
        phases.remove(rooms.get(4));
        thread.runPendingTasks();
        rooms.forEach(room -> room.at.clear());
        pass(300);
        assertThat(rooms.get(1).at).isEmpty();
        assertThat(rooms.get(4).at).isEmpty();
        assertThat(rooms).filteredOn(room -> !room.at.isEmpty()).hasSize(4).allMatch(room -> room.at.size() == 4);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0})
    void noRoomWaitsForLongerThanAnIntervalWhateverTheOthersDo(long given) {
        long seed = given == 0 ? System.nanoTime() : given;
        Random random = new Random(seed);
        open(ROOMS);
        pass(INTERVAL_MILLIS);
        rooms.forEach(room -> room.longest = 0);
        for (int i = 0; i < 20; i++) {
            wake(random.nextBoolean() ? 0 : random.nextInt(ROOMS));
            pass(500 + random.nextInt(2_000));
        }
        assertThat(rooms).as("seed %d", seed).allMatch(room -> room.longest <= INTERVAL_MILLIS);
    }
}
