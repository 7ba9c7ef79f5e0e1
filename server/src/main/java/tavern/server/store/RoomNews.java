package tavern.server.store;

import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;

/**
 * What the directory is told of a room, or tells of it.
 *
 * @param fence of the lease under which the room was run by whoever says this
 * @param open null when the room is closed
 */
public record RoomNews(RoomId room, long fence, @Nullable OpenRoom open) {
    public static RoomNews of(OpenRoom open) {
        return new RoomNews(open.room(), open.fence(), open);
    }

    public static RoomNews closed(RoomId room, long fence) {
        return new RoomNews(room, fence, null);
    }
}
