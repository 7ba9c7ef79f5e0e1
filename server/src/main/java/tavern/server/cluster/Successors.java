package tavern.server.cluster;

import java.util.Optional;
import tavern.game.RoomId;

/** Knows which servers take over what this one gives up. Safe on any thread; returns at once. */
public interface Successors {
    /** Returns the server that is to have the next player who is in no room; empty for none. */
    Optional<Node> next();

    /** Returns the server that is to have the room; empty for none. */
    Optional<Node> next(RoomId room);
}
