package tavern.client;

import com.google.protobuf.ByteString;
import tavern.protocol.v1.RoomOptions;

/**
 * How a client joins a room.
 *
 * @param type the type that the room is to have, as the server's configuration names it; empty for the built-in rules, or
 *     for whatever the room has (P-80)
 * @param ticket what the room's game asks of newcomers, such as a password; at most 4 KiB, usually empty (P-81)
 * @param room used only if this join opens the room
 * @param repeatsSays what becomes of what the player said in this room and was not answered before the session was lost: true to
 *     say it again under the same numbers, so that it is done once; false to let it fail
 */
public record JoinOptions(String type, ByteString ticket, RoomOptions room, boolean repeatsSays) {
    public static final JoinOptions NONE =
            new JoinOptions("", ByteString.EMPTY, RoomOptions.getDefaultInstance(), false);

    public static JoinOptions ofType(String type) {
        return NONE.withType(type);
    }

    public JoinOptions withType(String name) {
        return new JoinOptions(name, ticket, room, repeatsSays);
    }

    public JoinOptions withTicket(ByteString bytes) {
        return new JoinOptions(type, bytes, room, repeatsSays);
    }

    public JoinOptions withTicket(String text) {
        return withTicket(ByteString.copyFromUtf8(text));
    }

    public JoinOptions withRoom(RoomOptions options) {
        return new JoinOptions(type, ticket, options, repeatsSays);
    }

    public JoinOptions repeatingSays() {
        return new JoinOptions(type, ticket, room, true);
    }
}
