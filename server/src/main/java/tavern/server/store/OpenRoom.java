package tavern.server.store;

import java.util.Map;
import tavern.game.RoomId;

/**
 * A room that is open on one of the realm's servers.
 *
 * @param fence of the lease under which the server runs it
 * @param node the id of that server
 * @param players as of a moment ago
 * @param type empty for the built-in rules
 */
public record OpenRoom(
        RoomId room,
        long fence,
        String node,
        int players,
        int capacity,
        boolean unlisted,
        Map<String, String> metadata,
        String type) {
    public OpenRoom {
        metadata = Map.copyOf(metadata);
    }
}
