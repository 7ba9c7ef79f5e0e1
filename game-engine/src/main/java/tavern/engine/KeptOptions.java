package tavern.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Map;
import tavern.engine.kept.KeptRoom;

/**
 * What the opener of a room has chosen. Kept with the room, so that it stays the same whoever opens it later.
 *
 * @param metadata what the game is told of it
 */
public record KeptOptions(boolean unlisted, Map<String, String> metadata) {
    public static final KeptOptions NONE = new KeptOptions(false, Map.of());

    public KeptOptions {
        metadata = Map.copyOf(metadata);
    }

    /**
     * Reads them from what the store keeps of a room ({@link Commit#room}), before the room is restored.
     *
     * @throws IllegalArgumentException when it is not a room
     */
    public static KeptOptions of(ByteString kept) {
        try {
            KeptRoom room = KeptRoom.parseFrom(kept);
            return new KeptOptions(room.getUnlisted(), room.getMetadataMap());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("what is kept is not a room: " + e.getMessage(), e);
        }
    }
}
