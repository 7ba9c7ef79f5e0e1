package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.FullState;
import tavern.protocol.v1.ServerMessage;
import tavern.server.it.Places;

/** A room without cells rests only while nobody waits for anything. */
final class OpenInterestTest {
    private final SnapshotEncoder snapshots = new SnapshotEncoder();
    private final List<Integer> entities = new ArrayList<>();
    private final OpenInterest interest = new OpenInterest(snapshots, this::fullState);
    private final HandLoop loop = new HandLoop();
    private int tick;

    private ServerMessage fullState() {
        FullState.Builder state = FullState.newBuilder().setTick(snapshots.sentTick());
        for (int id : entities) {
            state.addEntities(Entity.newBuilder()
                    .setId(id)
                    .setX(snapshots.sentX(id))
                    .setY(snapshots.sentY(id))
                    .setSeq(snapshots.sentSeq(id)));
        }
        return ServerMessage.newBuilder().setFullState(state).build();
    }

    private ViewClient come(int id) {
        interest.place(id, 10 * id, 0, 0);
        entities.add(id);
        ViewClient watcher = new ViewClient(loop);
        watcher.knows(fullState().getFullState().getEntitiesList());
        watcher.inStep(snapshots.sentTick());
        interest.watch(seat(id), watcher);
        return watcher;
    }

    private static Seat seat(int id) {
        return new Seat(
                new Silent(new Player(new PlayerId(id), "p" + id)),
                new MoveSlot(new DirtyFlag()),
                new TokenBucket(30, 0),
                (seat, seq, x, y) -> {});
    }

    private void tick() {
        SendBatch batch = new SendBatch();
        interest.tick(++tick, batch);
        batch.send();
    }

    private void tickAndSend() {
        tick();
        loop.runAll();
    }

    @Test
    void itRestsOnceItHasLookedAtWhoCame() {
        come(1);
        assertThat(interest.isAtRest()).isFalse();
        tickAndSend();
        assertThat(interest.isAtRest()).isTrue();
    }

    @Test
    void itDoesNotRestWhileAnEventWaits() {
        come(1);
        tickAndSend();
        interest.event(Frames.encode(PooledByteBufAllocator.DEFAULT, Wire.suspended(new RoomId("den"))));
        assertThat(interest.isAtRest()).isFalse();
        tickAndSend();
        assertThat(interest.isAtRest()).isTrue();
    }

    @Test
    void whoFallsBehindAfterTheTickIsToldAllWhenReadingAgainThoughNobodyMoves() {
        ViewClient slow = come(1);
        come(2);
        tickAndSend();
        interest.moved(2, 21, 1, 1);
        tick();
        assertThat(interest.isAtRest()).as("the loop has not written yet").isTrue();

        slow.full(true);
        loop.runAll();
        assertThat(interest.isAtRest()).as("one has missed a snapshot").isFalse();
        for (int i = 0; i < 3; i++) {
            tickAndSend();
            assertThat(interest.isAtRest()).as("it reads nothing yet").isFalse();
        }

        slow.full(false);
        tickAndSend();
        assertThat(slow.inView()).isEqualTo(Map.of(1, new Places.Place(10, 0, 0), 2, new Places.Place(21, 1, 1)));
        tickAndSend();
        assertThat(interest.isAtRest()).as("all are in step").isTrue();
    }

    @Test
    void aStateThatIsLeftOutIsSentAgain() {
        ViewClient slow = come(1);
        tickAndSend();
        slow.full(true);
        interest.moved(1, 11, 0, 1);
        tickAndSend();
        slow.full(false);
        tick();
        slow.full(true);
        loop.runAll();
        slow.full(false);
        tickAndSend();
        assertThat(slow.inView()).isEqualTo(Map.of(1, new Places.Place(11, 0, 1)));
    }

    @Test
    void whoIsGoneIsNotWaitedFor() {
        ViewClient slow = come(1);
        come(2);
        tickAndSend();
        slow.full(true);
        interest.moved(2, 21, 1, 1);
        tickAndSend();
        interest.unwatch(seat(1), slow);
        tickAndSend();
        assertThat(interest.isAtRest()).isTrue();
    }
}
