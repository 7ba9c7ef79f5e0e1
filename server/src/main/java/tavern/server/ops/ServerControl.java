package tavern.server.ops;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;
import tavern.server.cluster.Node;
import tavern.server.guard.Vitals;

/** State and commands of the server as a whole. Safe on any thread; methods do not block. */
public interface ServerControl {
    /** The state of the process. */
    Vitals vitals();

    /** What keeps the ledger from being archived, in words; null if nothing does, or nothing is archived. */
    @Nullable
    String archiveTrouble();

    /** The number of players' connections. */
    int connections();

    /** Whether the server drains: it accepts no more players; rooms finish what they began, and close. */
    boolean isDraining();

    /** Starts to drain, or continues; completes when all rooms have closed and all sessions have ended. */
    CompletionStage<Void> drain();

    /**
     * Takes a drain back, as long as rooms and players are still moving to other servers.
     *
     * @return false when there is none, or it is too late
     */
    boolean undoDrain();

    /** Moves a room that is open here to another server of the realm. @return whether it is there; false when it stays here */
    CompletionStage<Boolean> moveRoom(RoomId room, Node to);
}
