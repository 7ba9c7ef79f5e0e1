package tavern.server.session;

import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;
import tavern.protocol.v1.SessionHandover;
import tavern.server.cluster.Node;

/** A room that has moved to another server, where the player's seat waits for the session. */
record WaitingSeat(RoomId room, Node node) {
    /** The seat of a session that comes from another server; null for one without. */
    static @Nullable WaitingSeat of(SessionHandover handover) {
        return handover.getRoom().isEmpty()
                ? null
                : new WaitingSeat(new RoomId(handover.getRoom()), Node.parse(handover.getRoomNode()));
    }
}
