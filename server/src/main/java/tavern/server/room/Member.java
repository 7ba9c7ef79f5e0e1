package tavern.server.room;

import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.game.Player;

/** A player's session, as rooms see it. Any thread; returns at once. */
public interface Member {
    Player player();

    /**
     * The name under which the log speaks of a request of the member. To be asked only when something is logged.
     *
     * @param seq of the request
     */
    String action(int seq);

    /** Not numbered, not replayed: an answer to the connection there is, if any. */
    void answer(ServerMessage message);

    /** Numbers the message, keeps it for a resume, and sends it. */
    void deliver(ServerMessage.Builder message);

    /** Ends the session. */
    void expel(ErrorCode code, String text);

    /** The member has a seat now. Called on the room's thread, before anything of the room is sent. */
    Presence entered(Room room, MoveSlot moves);

    /** The member's chat is on its way to all in the room. Called on the room's thread. */
    void said(Room room, String text);

    /** The seat is gone. Called on the room's thread. */
    void left(Room room);

    /**
     * How a member is there.
     *
     * @param ended the session is over: the room must not seat it
     * @param outlet null while the connection is lost
     */
    record Presence(boolean ended, @Nullable Outlet outlet) {}
}
