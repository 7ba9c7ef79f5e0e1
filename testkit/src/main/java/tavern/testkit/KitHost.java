package tavern.testkit;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import tavern.engine.Commit;
import tavern.engine.EngineLimits;
import tavern.engine.FlightRecorder;
import tavern.engine.GameRoom;
import tavern.engine.Output;
import tavern.engine.TurnListener;
import tavern.game.AccountId;
import tavern.game.GameType;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;

/** One life of a room, with what its host has heard of goods. */
final class KitHost {
    /** Something that happens to a room. The same can happen to another one, to compare them. */
    interface Happening {
        List<Output> happen(KitHost host);
    }

    private final GameRoom room;
    private final KitLedger ledger;
    private final KitScene scene = new KitScene();

    KitHost(
            GameType<?, ?, ?> type,
            RoomId id,
            EngineLimits limits,
            Map<String, String> settings,
            KitLedger ledger,
            FlightRecorder recorder) {
        this.room = new GameRoom(type, id, limits, settings, recorder, TurnListener.NONE);
        this.ledger = ledger;
    }

    GameRoom room() {
        return room;
    }

    List<Output> joined(Player who, long nowMillis) {
        scene.entered(who.id());
        return room.joined(who, ledger.of(who.id()), nowMillis);
    }

    List<Output> left(PlayerId who, long nowMillis) {
        scene.left(who);
        return room.left(who, nowMillis);
    }

    /** The time of a tick of what moves has come. */
    List<Output> moves(long nowMillis) {
        return room.move(scene.scene(), nowMillis);
    }

    /** A player moves, if the game lets him. */
    List<Output> walks(PlayerId who, int x, int y) {
        scene.walks(room, who, x, y);
        return List.of();
    }

    KitScene scene() {
        return scene;
    }

    List<Output> committed(Commit commit, long nowMillis) {
        if (room.pending().stream().noneMatch(pending -> pending.revision() == commit.revision())) {
            return List.of();
        }
        // One that is durable implies all before it, whose answers may have been lost.
        room.pending().stream()
                .filter(pending -> pending.revision() <= commit.revision())
                .forEach(ledger::apply);
        return room.committed(commit.revision(), nowMillis);
    }

    List<Output> moved(AccountId from, AccountId to, String kind, long count) {
        ledger.move(from, to, kind, count);
        return List.of();
    }

    List<Output> restored(long revision, ByteString kept, long nowMillis) {
        return room.restore(revision, kept, nowMillis);
    }
}
