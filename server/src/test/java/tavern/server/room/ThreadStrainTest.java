package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Intervals of 50 ms: a thread is overloaded when ticks begin more than 12.5 ms late. */
class ThreadStrainTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final CopyOnWriteArrayList<ThreadStrain> all = new CopyOnWriteArrayList<>();
    private final ThreadStrain one = new ThreadStrain(all, 50 * MILLI);
    private final ThreadStrain other = new ThreadStrain(all, 50 * MILLI);

    private static final class Room extends Ticking {
        private final long workMillis;
        private final int members;

        Room(long workMillis, int members) {
            this.workMillis = workMillis;
            this.members = members;
        }

        @Override
        boolean tick(SendBatch batch, long dueMillis) {
            return true;
        }

        @Override
        long workNanos() {
            return workMillis * MILLI;
        }

        @Override
        int audience() {
            return members;
        }

        boolean isBlamedBy(ThreadStrain thread) {
            return thread.blames(workNanos(), members);
        }
    }

    private static void judge(ThreadStrain thread, long lateMillis, List<Room> rooms) {
        thread.late(lateMillis * MILLI);
        thread.judge(List.of(List.<Ticking>copyOf(rooms)));
    }

    private static List<Room> rooms(int count, long workMillis, int members) {
        return new ArrayList<>(Collections.nCopies(count, new Room(workMillis, members)));
    }

    @Test
    void nobodyIsBlamedWhileTicksAreOnTime() {
        Room crowd = new Room(40, 5_000);
        judge(one, 7, List.of(crowd));
        assertThat(crowd.isBlamedBy(one)).isFalse();
        assertThat(one.isBusy()).isFalse();
        judge(one, 9, List.of(crowd));
        assertThat(crowd.isBlamedBy(one)).isFalse();
        assertThat(one.isBusy()).isTrue();
    }

    @Test
    void theCrowdIsBlamedAndNotTheSmallRoomsBesideIt() {
        Room crowd = new Room(5, 5_000);
        List<Room> rooms = rooms(100, 0, 20);
        rooms.add(crowd);
        judge(one, 30, rooms);
        assertThat(crowd.isBlamedBy(one)).isTrue();
        assertThat(rooms.get(0).isBlamedBy(one)).isFalse();
        judge(one, 1, rooms);
        assertThat(crowd.isBlamedBy(one)).as("when it is over").isFalse();
    }

    @Test
    void manyEqualRoomsAreBlamedTogether() {
        List<Room> rooms = rooms(500, 0, 20);
        judge(one, 30, rooms);
        assertThat(rooms).allMatch(room -> room.isBlamedBy(one));
    }

    @Test
    void oneThatIsALittleHeavierThanManyIsNotBlamedAlone() {
        List<Room> rooms = rooms(500, 0, 20);
        rooms.add(new Room(0, 30));
        judge(one, 30, rooms);
        assertThat(rooms).allMatch(room -> room.isBlamedBy(one));
    }

    @Test
    void aCrowdOfAnotherThreadIsBlamedForWhatItSendsOnThisOne() {
        Room crowd = new Room(5, 6_000);
        List<Room> small = rooms(50, 0, 20);
        List<Room> beside = rooms(50, 0, 20);
        beside.add(crowd);
        judge(one, 1, beside);
        judge(other, 30, small);
        judge(one, 1, beside);
        assertThat(small).noneMatch(room -> room.isBlamedBy(other));
        assertThat(crowd.isBlamedBy(one)).isTrue();
        assertThat(beside.get(0).isBlamedBy(one)).isFalse();
        judge(other, 1, small);
        judge(one, 1, beside);
        assertThat(crowd.isBlamedBy(one)).as("when it is over").isFalse();
    }

    @Test
    void aThreadThatIsLateForOtherReasonsBlamesNoRoomThatIsNotThere() {
        judge(one, 40, List.of());
        judge(one, 40, rooms(3, 0, 0));
        assertThat(new Room(0, 0).isBlamedBy(one)).isFalse();
    }
}
