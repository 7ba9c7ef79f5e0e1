package tavern.game;

import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * How a room begins. To be used during {@link Game#open} only.
 *
 * @param room its name, which never changes
 * @param settings of the room's type, from the server's configuration
 * @param metadata chosen by who opened the room, and seen by everybody in the list of rooms
 * @param random to be used during the call only; the turns go on with it
 * @param nowMillis the date, in milliseconds since 1970
 */
public record Opening(
        RoomId room,
        Map<String, String> settings,
        Map<String, String> metadata,
        RandomGenerator random,
        long nowMillis) {
    public Opening {
        settings = Map.copyOf(settings);
        metadata = Map.copyOf(metadata);
    }
}
