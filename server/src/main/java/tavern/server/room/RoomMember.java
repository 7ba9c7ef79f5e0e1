package tavern.server.room;

import com.google.protobuf.ByteString;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;

/**
 * A player's session, as rooms see it. Safe on any thread; returns at once. Messages from one room arrive in the order
 * in which it sent them.
 */
public interface RoomMember {
    Player player();

    /**
     * The name by which the log refers to one of the member's requests. Call it only when something is logged.
     *
     * @param seq of the request
     */
    String action(int seq);

    /** Sends an answer, neither numbered nor replayed, to the current connection, if any. */
    void answer(ServerMessage message);

    /** Numbers the message, keeps it for a resume, and sends it. */
    void deliver(ServerMessage.Builder message);

    /** Runs a task that writes to one of the member's connections: behind all that was sent to the member before. */
    void behind(Runnable task);

    /** Ends the session. */
    void expel(ErrorCode code, String text);

    /** The room's game lets the member go to another room; who is not let in there stays here, and hears why. */
    void send(RoomId to, ByteString ticket);

    /** The member's chat is on its way to all in the room. */
    void said(Room room, String text);

    /** The member no longer has a seat. */
    void left(Room room);
}
