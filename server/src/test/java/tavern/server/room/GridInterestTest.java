package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.PlayerLeft;
import tavern.protocol.v1.ServerMessage;
import tavern.server.game.Entity;
import tavern.server.it.Places;

/** P-36 to P-38: after each tick a client that reads knows exactly who is in the cells around its own, and where. */
final class GridInterestTest {
    private static final int CELL = 80;
    private static final int MARGIN = CELL / 8;
    private static final int ACROSS = 9;
    private static final int EDGE = ACROSS * CELL - 7;

    private final SnapshotEncoder snapshots = new SnapshotEncoder();
    private final Seats seats = new Seats();
    private final Grid grid = new Grid(EDGE, EDGE, CELL);
    private final GridInterest interest = new GridInterest(grid, CELL, snapshots, seats);
    private final List<HandLoop> loops = List.of(new HandLoop(), new HandLoop());
    private final TreeMap<Integer, Walker> walkers = new TreeMap<>();
    private int tick;
    private int seq;

    /** A member as the test knows it. The cell is reckoned by the text of P-36, not by the code of {@link Grid}. */
    private static final class Walker {
        final Seat seat;
        int x;
        int y;
        int seq;
        int column;
        int row;

        @Nullable
        ViewClient watcher;

        Walker(Seat seat, int x, int y) {
            this.seat = seat;
            this.x = x;
            this.y = y;
            column = x / CELL;
            row = y / CELL;
        }

        void settle() {
            column = along(column, x);
            row = along(row, y);
        }

        private static int along(int cell, int at) {
            double past = Math.max(cell * CELL - at, at - (cell + 1) * CELL + 1);
            return past > MARGIN ? Math.min(at / CELL, ACROSS - 1) : cell;
        }

        boolean sees(Walker other) {
            return Math.max(Math.abs(column - other.column), Math.abs(row - other.row)) <= 1;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0})
    void hundredsWhoWalkLeapComeGoAndStopReadingSeeExactlyWhoIsNear(long given) {
        long seed = given == 0 ? System.nanoTime() : given;
        Random random = new Random(seed);
        int checked = 0;
        for (int i = 0; i < 200; i++) {
            come(1 + i, random);
        }
        for (int round = 0; round < 100; round++) {
            happen(random);
            tick();
            checked += check("seed " + seed + ", tick " + tick);
        }
        assertThat(checked).isGreaterThan(100 * 100);
        allReadAgain("seed " + seed);
    }

    /** Who is behind is found though nobody moves; then there is nothing left to do. */
    private void allReadAgain(String when) {
        for (Walker walker : walkers.values()) {
            if (walker.watcher != null) {
                walker.watcher.full(false);
            }
        }
        tick();
        for (Walker walker : walkers.values()) {
            assertThat(walker.watcher == null || walker.watcher.isInStep())
                    .as("%d is in step, %s", walker.seat.entity, when)
                    .isTrue();
        }
        check(when);
        tick();
        assertThat(interest.isAtRest()).as(when).isTrue();
    }

    private void happen(Random random) {
        for (Walker walker : List.copyOf(walkers.values())) {
            int dice = random.nextInt(1_000);
            if (dice < 500) {
                move(walker, walker.x + random.nextInt(31) - 15, walker.y + random.nextInt(31) - 15);
            } else if (dice < 503) {
                move(walker, random.nextInt(EDGE + 1), random.nextInt(EDGE + 1));
            } else if (dice < 506) {
                go(walker);
                // The number is given to another at once, or a while later.
                come(random.nextBoolean() ? walker.seat.entity : freeId(), random);
            } else if (dice < 512) {
                lose(walker);
            } else if (dice < 530 && walker.watcher == null) {
                reconnect(walker, random);
            } else if (dice < 545 && walker.watcher != null) {
                walker.watcher.full(random.nextInt(3) == 0);
            }
        }
        if (random.nextInt(10) == 0) {
            interest.flush();
        }
    }

    private int freeId() {
        int id = 1;
        while (walkers.containsKey(id)) {
            id++;
        }
        return id;
    }

    private void come(int id, Random random) {
        Walker walker = come(id, random.nextInt(EDGE + 1), random.nextInt(EDGE + 1));
        if (random.nextInt(10) > 0) {
            reconnect(walker, random);
        }
    }

    private Walker come(int id, int x, int y) {
        Player player = new Player(new PlayerId(id), "p" + id);
        Seat seat = new Seat(
                new Silent(player),
                new MoveSlot(new DirtyFlag()),
                new TokenBucket(30, 0),
                (moved, newest, atX, atY) -> {});
        seats.add(seat);
        seats.assign(new Entity(id, player, x, y, 0));
        interest.place(id, x, y, 0);
        interest.flush();
        Walker walker = new Walker(seat, x, y);
        walkers.put(id, walker);
        return walker;
    }

    private void go(Walker walker) {
        lose(walker);
        interest.remove(walker.seat.entity);
        interest.event(frame(
                ServerMessage.newBuilder().setPlayerLeft(PlayerLeft.newBuilder().setId(walker.seat.entity))));
        seats.remove(walker.seat);
        walkers.remove(walker.seat.entity);
    }

    private void lose(Walker walker) {
        if (walker.watcher != null) {
            interest.flush();
            interest.unwatch(walker.seat, walker.watcher);
            walker.seat.outlet = null;
            walker.watcher = null;
        }
    }

    private void reconnect(Walker walker, Random random) {
        connect(walker, loops.get(random.nextInt(loops.size())));
    }

    /** What a room does for who joins or resumes. */
    private ViewClient connect(Walker walker, HandLoop loop) {
        interest.flush();
        ViewClient watcher = new ViewClient(loop);
        walker.watcher = watcher;
        walker.seat.outlet = watcher;
        List<tavern.protocol.v1.Entity> state = new ArrayList<>();
        for (Seat seat : seats.all()) {
            boolean seen = interest.sees(walker.seat, seat.entity);
            state.add(tavern.protocol.v1.Entity.newBuilder()
                    .setId(seat.entity)
                    .setX(snapshots.sentX(seat.entity))
                    .setY(snapshots.sentY(seat.entity))
                    .setSeq(snapshots.sentSeq(seat.entity))
                    .setAway(!seen)
                    .build());
        }
        int asOf = interest.asOf(walker.seat);
        loop.execute(() -> {
            watcher.knows(state);
            watcher.inStep(asOf);
        });
        interest.watch(walker.seat, watcher);
        return watcher;
    }

    private void move(Walker walker, int x, int y) {
        walker.x = Math.max(0, Math.min(EDGE, x));
        walker.y = Math.max(0, Math.min(EDGE, y));
        walker.seq = ++seq;
        interest.moved(walker.seat.entity, walker.x, walker.y, walker.seq);
    }

    /** @return where what was written lies */
    private Set<Long> tick() {
        loops.forEach(HandLoop::runAll);
        walkers.values().forEach(walker -> {
            if (walker.watcher != null) {
                walker.watcher.takeFlushes();
                walker.watcher.takeBuffers();
                walker.watcher.takeAddresses();
            }
        });
        SendBatch batch = new SendBatch();
        interest.tick(++tick, batch);
        batch.send();
        for (HandLoop loop : loops) {
            assertThat(loop.runAll()).as("tasks of a loop in a tick").isLessThanOrEqualTo(1);
        }
        walkers.values().forEach(Walker::settle);
        Set<Long> addresses = new HashSet<>();
        for (Walker walker : walkers.values()) {
            if (walker.watcher != null) {
                addresses.addAll(walker.watcher.takeAddresses());
                assertThat(walker.watcher.takeBuffers()).allMatch(buffer -> buffer.refCnt() == 0, "released");
            }
        }
        return addresses;
    }

    /** @return how many clients were looked at */
    private int check(String when) {
        int checked = 0;
        for (Walker walker : walkers.values()) {
            ViewClient watcher = walker.watcher;
            if (watcher != null && watcher.isInStep()) {
                assertThat(watcher.takeFlushes()).as("flushes, %s", when).isLessThanOrEqualTo(1);
                assertThat(watcher.inView())
                        .as("what %d sees, %s", walker.seat.entity, when)
                        .isEqualTo(inViewOf(walker));
                checked++;
            }
        }
        return checked;
    }

    private Map<Integer, Places.Place> inViewOf(Walker walker) {
        Map<Integer, Places.Place> near = new TreeMap<>();
        walkers.forEach((id, other) -> {
            if (walker.sees(other)) {
                near.put(id, new Places.Place(other.x, other.y, other.seq));
            }
        });
        return near;
    }

    @Test
    void nobodyHearsOfWhatIsFarAway() {
        ViewClient near = connect(come(1, 40, 40), loops.get(0));
        ViewClient far = connect(come(2, 500, 500), loops.get(0));
        tick();
        int heard = far.written();
        for (int step = 0; step < 10; step++) {
            move(Objects.requireNonNull(walkers.get(1)), 40 + step, 40);
            tick();
        }
        assertThat(far.written()).isEqualTo(heard);
        assertThat(near.inView()).isEqualTo(Map.of(1, new Places.Place(49, 40, 10)));
    }

    @Test
    void whoComesIsToldToOthersWithTheNextTickAndLeavesWithoutATrace() {
        ViewClient first = connect(come(1, 40, 40), loops.get(0));
        Walker second = come(2, 50, 50);
        ViewClient own = connect(second, loops.get(1));
        loops.forEach(HandLoop::runAll);
        assertThat(first.inView()).containsOnlyKeys(1);
        assertThat(own.inView()).containsOnlyKeys(2);
        tick();
        assertThat(first.inView()).containsOnlyKeys(1, 2);
        go(second);
        tick();
        assertThat(first.inView()).containsOnlyKeys(1);
    }

    @Test
    void whatAllOfACellSeeIsEncodedOnceAndSharedByThem() {
        List<ViewClient> crowd = new ArrayList<>();
        for (int id = 1; id <= 50; id++) {
            crowd.add(connect(come(id, 30 + id % 7, 30 + id % 5), loops.get(id % 2)));
        }
        tick();
        walkers.values().forEach(walker -> move(walker, walker.x + 1, walker.y));
        assertThat(tick()).hasSize(1);
        assertThat(crowd).allSatisfy(watcher -> assertThat(watcher.inView()).hasSize(50));
    }

    @Test
    void aRoomThatIsGivenUpForAWhileShowsItsStateToAll() {
        Walker walker = come(1, 40, 40);
        ViewClient watcher = connect(walker, loops.get(0));
        tick();
        interest.event(frame(ServerMessage.newBuilder()));
        watcher.knows(Collections.emptyList());
        interest.refresh();
        loops.forEach(HandLoop::runAll);
        assertThat(watcher.events()).hasSize(1);
        assertThat(watcher.inView()).isEqualTo(inViewOf(walker));
        move(walker, 41, 41);
        tick();
        assertThat(watcher.inView()).isEqualTo(inViewOf(walker));
    }

    private static ByteBuf frame(ServerMessage.Builder message) {
        return Frames.encode(PooledByteBufAllocator.DEFAULT, message.build());
    }
}
