package tavern.server.room;

import java.util.Map;
import tavern.game.RoomId;

/**
 * A room as a list shows it; the number of its players is approximate.
 *
 * @param type empty for the built-in rules
 */
public record RoomInfo(
        RoomId id, int players, int capacity, boolean unlisted, Map<String, String> metadata, String type) {}
