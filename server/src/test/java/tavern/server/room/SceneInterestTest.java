package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.FullState;
import tavern.protocol.v1.ServerMessage;
import tavern.server.it.Places;

/** P-83 to P-86: after each tick a client that reads knows exactly which NPCs it sees, and whose attributes are what. */
final class SceneInterestTest {
    private static final int CELL = 80;
    private static final int EDGE = 9 * CELL - 7;
    private static final int PLAYERS = 12;
    private static final int NPCS = 60;

    private static final class Thing {
        final int kind;
        int x;
        int y;
        final SortedMap<Integer, Long> attributes = new TreeMap<>();

        Thing(int kind, int x, int y) {
            this.kind = kind;
            this.x = x;
            this.y = y;
        }
    }

    private final SnapshotEncoder snapshots = new SnapshotEncoder();
    private final Seats seats = new Seats();
    private final HandLoop loop = new HandLoop();
    private final TreeMap<Integer, Thing> things = new TreeMap<>();
    private final TreeMap<Integer, ViewClient> watchers = new TreeMap<>();
    private final TreeMap<Integer, Seat> members = new TreeMap<>();

    /** Ids that are free from the next tick on, as in a scene. */
    private final List<Integer> freed = new ArrayList<>();

    private final List<Integer> free = new ArrayList<>();
    private Interest interest = new OpenInterest(snapshots, this::fullState);
    private int tick;
    private int seq;

    private void inCells() {
        interest = new GridInterest(new Grid(EDGE, EDGE, CELL), CELL, snapshots, seats);
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "true, 2", "true, 0", "false, 1", "false, 2", "false, 0"})
    void whoReadsKnowsWhatThereIsToSee(boolean cells, long given) {
        long seed = given == 0 ? System.nanoTime() : given;
        Random random = new Random(seed);
        if (cells) {
            inCells();
        }
        for (int id = PLAYERS + 1; id <= PLAYERS + NPCS; id++) {
            free.add(id);
        }
        int checked = 0;
        for (int round = 0; round < 400; round++) {
            free.addAll(freed);
            freed.clear();
            for (int i = random.nextInt(40); i > 0; i--) {
                happen(random);
            }
            tick();
            checked += check((cells ? "cells, " : "open, ") + "seed " + seed + ", tick " + tick);
        }
        assertThat(checked).isGreaterThan(1_000);
    }

    private void happen(Random random) {
        int id = 1 + random.nextInt(PLAYERS + NPCS);
        Thing thing = things.get(id);
        int x = random.nextInt(EDGE + 1);
        int y = random.nextInt(EDGE + 1);
        int dice = random.nextInt(20);
        if (id <= PLAYERS && thing == null) {
            come(id, x, y);
            connect(id);
        } else if (id <= PLAYERS && dice == 0) {
            leave(id);
        } else if (id <= PLAYERS && dice == 1 && watchers.containsKey(id)) {
            watcher(id).full(random.nextBoolean());
        } else if (id <= PLAYERS && dice == 2) {
            disconnect(id);
            connect(id);
        } else if (dice < 6 && !free.isEmpty()) {
            spawn(free.remove(random.nextInt(free.size())), 1 + random.nextInt(300), x, y);
        } else if (thing == null) {
            return;
        } else if (dice < 8 && id > PLAYERS) {
            remove(id);
        } else if (dice < 13) {
            boolean isLeap = random.nextInt(8) == 0;
            move(id, isLeap ? x : thing.x + random.nextInt(41) - 20, isLeap ? y : thing.y + random.nextInt(41) - 20);
        } else {
            long value = random.nextInt(3) == 0 ? 0 : random.nextBoolean() ? random.nextInt(100) : random.nextLong();
            set(id, random.nextInt(8), value);
        }
    }

    private Thing thing(int id) {
        return Objects.requireNonNull(things.get(id));
    }

    private Seat member(int id) {
        return Objects.requireNonNull(members.get(id));
    }

    private ViewClient watcher(int id) {
        return Objects.requireNonNull(watchers.get(id));
    }

    private void come(int id, int x, int y) {
        Player player = new Player(new PlayerId(id), "p" + id);
        Seat seat = new Seat(
                new Silent(player),
                new MoveSlot(new DirtyFlag()),
                new TokenBucket(30, 0),
                (moved, newest, atX, atY) -> {});
        seats.add(seat);
        var entity = new tavern.server.game.Entity(id, player, x, y, 0);
        seats.assign(entity);
        interest.place(id, x, y, 0);
        things.put(id, new Thing(0, x, y));
        members.put(id, seat);
        boolean withPlace = interest.cellSize() == 0;
        interest.event(Frames.encode(
                PooledByteBufAllocator.DEFAULT,
                Wire.event(new tavern.server.game.RoomEvent.Joined(entity), withPlace)
                        .build()));
        interest.flush();
    }

    private void leave(int id) {
        disconnect(id);
        interest.remove(id);
        seats.remove(member(id));
        members.remove(id);
        things.remove(id);
        interest.event(Frames.encode(
                PooledByteBufAllocator.DEFAULT,
                Wire.event(new tavern.server.game.RoomEvent.Left(id, new Player(new PlayerId(id), "p" + id)), true)
                        .build()));
    }

    private void connect(int id) {
        interest.flush();
        ViewClient watcher = new ViewClient(loop);
        Seat seat = member(id);
        seat.outlet = watcher;
        watchers.put(id, watcher);
        List<tavern.protocol.v1.Entity> state = state(seat);
        int asOf = interest.asOf(seat);
        loop.execute(() -> {
            watcher.knows(state);
            watcher.inStep(asOf);
        });
        interest.watch(seat, watcher);
    }

    private void disconnect(int id) {
        ViewClient watcher = watchers.remove(id);
        if (watcher != null) {
            interest.flush();
            interest.unwatch(member(id), watcher);
            member(id).outlet = null;
        }
    }

    private List<tavern.protocol.v1.Entity> state(@Nullable Seat viewer) {
        List<tavern.protocol.v1.Entity> state = new ArrayList<>();
        for (Seat seat : seats.all()) {
            if (viewer == null || interest.sees(viewer, seat.entity)) {
                state.add(entity(seat.entity));
            }
        }
        snapshots.eachNpc(npc -> {
            if (viewer == null || interest.sees(viewer, npc)) {
                state.add(entity(npc));
            }
        });
        return state;
    }

    private tavern.protocol.v1.Entity entity(int id) {
        var entity = tavern.protocol.v1.Entity.newBuilder()
                .setId(id)
                .setX(snapshots.sentX(id))
                .setY(snapshots.sentY(id))
                .setSeq(snapshots.sentSeq(id));
        snapshots.describe(id, entity);
        return entity.build();
    }

    private ServerMessage fullState() {
        return ServerMessage.newBuilder()
                .setFullState(
                        FullState.newBuilder().setTick(snapshots.sentTick()).addAllEntities(state(null)))
                .build();
    }

    private void spawn(int id, int kind, int x, int y) {
        interest.appear(id, kind, x, y);
        things.put(id, new Thing(kind, x, y));
    }

    private void remove(int id) {
        interest.vanish(id);
        things.remove(id);
        freed.add(id);
    }

    private void move(int id, int x, int y) {
        Thing thing = thing(id);
        thing.x = Math.max(0, Math.min(EDGE, x));
        thing.y = Math.max(0, Math.min(EDGE, y));
        interest.moved(id, thing.x, thing.y, thing.kind == 0 ? ++seq : 0);
    }

    private void set(int id, int attribute, long value) {
        interest.attribute(id, attribute, value);
        if (value == 0) {
            thing(id).attributes.remove(attribute);
        } else {
            thing(id).attributes.put(attribute, value);
        }
    }

    private void tick() {
        SendBatch batch = new SendBatch();
        loop.runAll();
        interest.tick(++tick, batch);
        batch.send();
        loop.runAll();
    }

    private int check(String when) {
        int checked = 0;
        for (var entry : watchers.entrySet()) {
            ViewClient watcher = entry.getValue();
            if (watcher.isInStep()) {
                check(member(entry.getKey()), watcher.places(), when + ", seen by " + entry.getKey());
                checked++;
            }
        }
        return checked;
    }

    private void check(Seat viewer, Places places, String when) {
        Thing own = thing(viewer.entity);
        things.forEach((id, thing) -> {
            int distance = Math.max(Math.abs(thing.x - own.x), Math.abs(thing.y - own.y));
            boolean isSeen = interest.sees(viewer, id);
            assertThat(isSeen || (interest.cellSize() > 0 && distance > CELL / 2))
                    .as("%d at %d, %s", id, distance, when)
                    .isTrue();
            assertThat(isSeen && interest.cellSize() > 0 && distance > 3 * CELL)
                    .as("%d at %d, %s", id, distance, when)
                    .isFalse();
            Places.Place place = places.inView().get(id);
            assertThat(place != null).as("%d is seen, %s", id, when).isEqualTo(isSeen);
            if (place != null) {
                assertThat(place.x()).as("%d, %s", id, when).isEqualTo(thing.x);
                assertThat(place.y()).as("%d, %s", id, when).isEqualTo(thing.y);
                assertThat(places.npcs().getOrDefault(id, 0))
                        .as("%d, %s", id, when)
                        .isEqualTo(thing.kind);
                assertThat(places.attributes().getOrDefault(id, new TreeMap<>()))
                        .as("%d, %s", id, when)
                        .isEqualTo(thing.attributes);
            }
        });
        assertThat(things.keySet()).as(when).containsAll(places.inView().keySet());
    }

    @Test
    void whatChangesAndChangesBackIsNotTold() {
        come(1, 40, 40);
        connect(1);
        spawn(20, 3, 50, 50);
        set(20, 2, 7);
        tick();
        int heard = watcher(1).written();
        set(20, 2, 8);
        set(20, 2, 7);
        spawn(21, 3, 50, 50);
        remove(21);
        tick();
        assertThat(watcher(1).written()).isEqualTo(heard);
    }

    @Test
    void aVolatileEventComesAfterTheSnapshotAndIsLeftOutForWhoIsBehind() {
        come(1, 40, 40);
        connect(1);
        come(2, 40, 40);
        connect(2);
        tick();
        watcher(2).full(true);
        spawn(20, 3, 50, 50);
        interest.volatileEvent(
                Frames.encode(PooledByteBufAllocator.DEFAULT, Wire.volatileEvent(ByteString.copyFromUtf8("all"))),
                null);
        interest.volatileEvent(
                Frames.encode(PooledByteBufAllocator.DEFAULT, Wire.volatileEvent(ByteString.copyFromUtf8("one"))),
                watcher(1));
        tick();
        watcher(2).full(false);
        tick();
        tick();

        assertThat(watcher(1).events())
                .filteredOn(ServerMessage::hasCustom)
                .extracting(event -> event.getCustom().getPayload().toStringUtf8())
                .containsExactly("all", "one");
        assertThat(watcher(1).events()).allMatch(event -> event.getRoomSeq() == 0 && event.getSessionSeq() == 0);
        assertThat(watcher(2).events()).noneMatch(ServerMessage::hasCustom);
        assertThat(watcher(2).places().npcs()).containsEntry(20, 3);
        assertThat(watcher(1).takeBuffers()).allMatch(buffer -> buffer.refCnt() == 0, "released");
        assertThat(watcher(2).takeBuffers()).allMatch(buffer -> buffer.refCnt() == 0, "released");
    }
}
