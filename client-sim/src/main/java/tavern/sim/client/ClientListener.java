package tavern.sim.client;

import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.InventoryChanged;
import tavern.protocol.v1.PlayerLeft;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOffered;
import tavern.protocol.v1.TradeResult;
import tavern.protocol.v1.Welcome;
import tavern.protocol.v1.WhisperReceived;

/**
 * What a client hears, on its event loop: must not block. Called before the future of a request completes that the same
 * message answers. What a method throws closes the connection.
 */
public interface ClientListener {
    /** Before {@code connect}'s future completes, and before anything that was missed. */
    default void onWelcome(Welcome welcome) {}

    /** The room was joined, or its full state, or all that is in view (P-38), replaced what was known. */
    default void onRoomFilled(RoomView room) {}

    /**
     * A full state is about to replace what is known, because snapshots were skipped or the session was resumed; or, in a
     * room of cells, all that is in view is, because of that or because the own cell is another.
     */
    default void beforeFullState(RoomView room) {}

    /**
     * A snapshot moved an entity, perhaps the own one.
     *
     * @param seqBefore the entity's seq before it
     * @param nowNanos when the snapshot arrived, by {@link System#nanoTime}
     */
    default void onMoved(RoomView room, RoomView.Entity entity, int seqBefore, long nowNanos) {}

    /** P-37: it is known from now on where the entity is. The own one may come again. */
    default void onCameIntoView(RoomView room, RoomView.Entity entity) {}

    /** P-37: it is no longer known from now on where the entity is. */
    default void onOutOfView(RoomView room, RoomView.Entity entity) {}

    /**
     * A move was not possible, and this is where the player stands instead.
     *
     * @param seq of that move
     */
    default void onMoveRejected(int seq, int x, int y) {}

    default void onPlayerJoined(RoomView room, RoomView.Entity entity) {}

    default void onPlayerLeft(RoomView room, PlayerLeft left) {}

    /** One's own chat too. */
    default void onChat(ChatMessage chat, long roomSeq) {}

    default void onWhisper(WhisperReceived whisper) {}

    default void onTradeOffered(TradeOffered offered) {}

    /** Final results, those that answer a request of one's own too. */
    default void onTradeResult(TradeResult result) {}

    default void onInventoryChanged(InventoryChanged changed) {}

    /** Announcements, draining, suspended rooms, redirects, events of a game's own. */
    default void onOther(ServerMessage message) {}

    /**
     * An error that answers no open request.
     *
     * @param seq of the message it answers; 0: of the connection as a whole, which closes now, or {@code ROOM_CLOSED}, of
     *     the room, which is gone
     */
    default void onError(int seq, Error error) {}

    /** Numbers of room or session events were left out: events are missing. */
    default void onGap(boolean ofRoom, long expected, long received) {}

    /** An event came again; it is not told a second time. */
    default void onRepeat(boolean ofRoom, long received) {}

    /** The server broke the protocol in a way that the client can live with. */
    default void onFault(String what) {}

    /**
     * The connection is gone; {@code connect} resumes the session, if it can be resumed.
     *
     * @param error what the server said at last
     * @param cause what was thrown here
     */
    default void onDisconnected(@Nullable Error error, @Nullable Throwable cause) {}
}
