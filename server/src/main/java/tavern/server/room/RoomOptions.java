package tavern.server.room;

import java.util.Map;

/** What whoever opens a room may choose. @param capacity players; 0: as many as the server allows */
public record RoomOptions(int capacity, boolean unlisted, Map<String, String> metadata) {
    public static final RoomOptions DEFAULT = new RoomOptions(0, false, Map.of());

    public RoomOptions {
        metadata = Map.copyOf(metadata);
    }
}
