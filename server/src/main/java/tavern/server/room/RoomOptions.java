package tavern.server.room;

import java.util.Map;

/** The choices of the player who opens a room. @param capacity players, or 0 for as many as the server allows */
public record RoomOptions(int capacity, boolean unlisted, Map<String, String> metadata) {
    public static final RoomOptions DEFAULT = new RoomOptions(0, false, Map.of());

    public RoomOptions {
        metadata = Map.copyOf(metadata);
    }
}
