package tavern.server.cluster;

import java.util.List;
import java.util.Optional;
import tavern.game.RoomId;

/** Decides on which server a room is opened that nobody has open. Called on any thread; must be quick. */
public interface Placement {
    /**
     * @param self what the asked server says of itself now
     * @param others that could open the room, by their ids; at least one
     * @param mustLeave whether the asked server cannot open it itself
     * @return one of the others; empty to open the room on the asked server
     */
    Optional<NodeReport> elsewhere(RoomId room, NodeReport self, List<NodeReport> others, boolean mustLeave);
}
