package tavern.client;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.CustomEvent;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.InventoryChanged;
import tavern.protocol.v1.PlayerLeft;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOffered;
import tavern.protocol.v1.TradeResult;
import tavern.protocol.v1.Welcome;
import tavern.protocol.v1.WhisperReceived;

/**
 * Receives what a client hears. Called on the client's event loop, so it must not block. When a message also answers a
 * request, the listener is called before the request's future completes. An exception thrown by a method closes the
 * connection.
 */
public interface ClientListener {
    /** Called before {@code connect}'s future completes, and before any replayed events. */
    default void onWelcome(Welcome welcome) {}

    /** The client joined the room, or a full state or a complete new view (P-38) replaced what it knew. */
    default void onRoomFilled(ClientRoom room) {}

    /**
     * P-80: the client has come into a room with a game, or back into it having missed too much. Follows {@link
     * #onRoomFilled}.
     *
     * @param view what the game shows to this player: a message of the game's own, which {@link GameListener} parses
     */
    default void onView(ClientRoom room, ByteString view) {}

    /** The room's game has told something, to all or to this player. {@link GameListener} parses it. */
    default void onCustom(CustomEvent event) {}

    /** P-86: the room's game has told something that is good for the moment only. {@link GameListener} parses it. */
    default void onVolatile(CustomEvent event) {}

    /**
     * A full state is about to replace what the client knows, because snapshots were skipped or the session was
     * resumed. In a room with cells, a complete new view is about to do so, for the same reasons or because the player
     * is in another cell.
     */
    default void beforeFullState(ClientRoom room) {}

    /**
     * A snapshot moved an entity, possibly the player's own.
     *
     * @param seqBefore the entity's seq before this snapshot
     * @param nowNanos when the snapshot arrived, by {@link System#nanoTime}
     */
    default void onMoved(ClientRoom room, ClientRoom.Entity entity, int seqBefore, long nowNanos) {}

    /**
     * P-37, P-84: the entity's place and its attributes are known from now on. This may be repeated for the player's own entity. An NPC
     * comes into view when it appears.
     */
    default void onCameIntoView(ClientRoom room, ClientRoom.Entity entity) {}

    /** P-37, P-84: the entity's place is no longer known. An NPC is no longer in the room after this call. */
    default void onOutOfView(ClientRoom room, ClientRoom.Entity entity) {}

    /** P-85: an attribute of an entity in view has changed. */
    default void onAttribute(ClientRoom room, ClientRoom.Entity entity, int attribute, long before) {}

    /** P-112: from now on the room's time passes at {@link ClientRoom#timeRate}. Not called for what {@link #onRoomFilled} tells. */
    default void onTimeRate(ClientRoom room, double before) {}

    /**
     * A move was rejected; the player stands at {@code x, y} instead, in 1/16 of a unit.
     *
     * @param seq the seq of that move
     */
    default void onMoveRejected(int seq, int x, int y) {}

    default void onPlayerJoined(ClientRoom room, ClientRoom.Entity entity) {}

    /**
     * The session goes on without the room that it was in, though nobody has asked for that here: the seat was lost while there was
     * no connection (P-20), or the session has gone on at a server without it (P-104), or another join is under way (P-26). Then
     * join again to be back.
     *
     * <p>Or the room's game has put the player out (P-81): {@link #onError} with a {@code seq} of 0, right before this, has told why.
     * Then do not join again before something has changed, such as that the player wants it: the game would put him out again, and
     * so for ever.
     */
    default void onLeft(ClientRoom room) {}

    default void onPlayerLeft(ClientRoom room, PlayerLeft left) {}

    /** A chat line, including the player's own. */
    default void onChat(ChatMessage chat, long roomSeq) {}

    default void onWhisper(WhisperReceived whisper) {}

    default void onTradeOffered(TradeOffered offered) {}

    /** The final outcome of a trade, including one that answers the player's own request. */
    default void onTradeResult(TradeResult result) {}

    /**
     * All pages have come, after a login or because the client asked.
     *
     * @param told what the player owned when the server began to tell it; changes since then are applied to {@link
     *     TavernClient#inventory} right after this call
     */
    default void onInventory(Inventory told) {}

    /** The player's goods changed by something other than a trade in the room. */
    default void onInventoryChanged(InventoryChanged changed) {}

    /**
     * P-106: the session goes on at another server, with all that it had, in place of {@link #onWelcome}; if it had to begin anew
     * there, after that.
     */
    default void onServerChanged(String host, int port) {}

    /**
     * All other messages: announcements, draining, suspended rooms, redirects. A room is suspended until {@code RoomResumed}, {@link
     * #onWelcome} or {@link #onServerChanged}: if it still is after these, that is told again (P-29).
     */
    default void onOther(ServerMessage message) {}

    /**
     * An error that does not answer a pending request.
     *
     * @param seq the seq of the message it answers; 0 for an error of the connection as a whole, which closes now, for {@code
     *     ROOM_CLOSED}, which says that the room is gone, or for why a game puts the player out of its room, before {@link
     *     #onLeft}, or cannot send him to another one (P-81)
     */
    default void onError(int seq, Error error) {}

    /** The numbers of room or session events skipped ahead: events are missing. */
    default void onGap(boolean ofRoom, long expected, long received) {}

    /** An event arrived again; the client does not deliver it a second time. */
    default void onRepeat(boolean ofRoom, long received) {}

    /** The server broke the protocol in a way that the client can live with. */
    default void onFault(String what) {}

    /**
     * The connection is gone; {@code connect} resumes the session, if it can be resumed.
     *
     * @param error the error that the server sent last, or null for none
     * @param cause the exception that closed the connection on this side, or null for none
     */
    default void onDisconnected(@Nullable Error error, @Nullable Throwable cause) {}
}
