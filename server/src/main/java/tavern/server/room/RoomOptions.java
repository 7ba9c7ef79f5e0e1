package tavern.server.room;

import java.util.Map;

/**
 * The choices of the player who opens a room. Of a room that has kept its game, those of the first opener count.
 *
 * @param capacity players, or 0 for as many as the server allows
 * @param type of the room (P-80); empty for the built-in rules, or whatever the room has
 */
public record RoomOptions(int capacity, boolean unlisted, Map<String, String> metadata, String type) {
    public static final RoomOptions DEFAULT = ofType("");

    public RoomOptions {
        metadata = Map.copyOf(metadata);
    }

    static RoomOptions ofType(String type) {
        return new RoomOptions(0, false, Map.of(), type);
    }
}
