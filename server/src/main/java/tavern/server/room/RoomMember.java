package tavern.server.room;

import com.google.protobuf.ByteString;
import java.util.concurrent.CompletionStage;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cluster.Node;

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

    // ---- for a room that moves to another server, with its members ----

    /**
     * Makes the member's requests wait; what the client sends counts as received all the same. Completes once all requests
     * that came before are in this room's mailbox, or answered. Ended by {@link #thaw} or {@link #moved}, exactly once.
     */
    CompletionStage<Void> freeze();

    /** The room stays: the requests that wait are carried out, in their order. */
    void thaw();

    /**
     * The room is on another server by now, and the member's seat waits there: sends the client there, with a ticket. The
     * requests that wait go along with the session, and are carried out there; {@link Rooms#takeWaitingSeat} is called there
     * when it arrives. The seat here must be gone without {@link #left}. A client that does not follow in time is told that the
     * room is closed.
     */
    void moved(Room from, Node to);
}
