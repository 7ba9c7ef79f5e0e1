package tavern.server.room;

import com.google.protobuf.ByteString;
import tavern.game.RoomId;

/**
 * A game's call of a service.
 *
 * @param number the room's; together they identify the call, however often it is made
 * @param call the game's name for it
 */
public record ServiceCall(RoomId room, long number, String service, String call, ByteString request) {
    /** Under which a service knows a call that it has had before. */
    public String key() {
        return room + ":" + number;
    }
}
