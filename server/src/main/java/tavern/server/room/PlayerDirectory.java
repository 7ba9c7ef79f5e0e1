package tavern.server.room;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.ServerMessage;
import tavern.server.game.GoodsChange;

/**
 * All players who have a session, so that a room can reach those who have left it. Safe on any thread; returns at once.
 */
public interface PlayerDirectory {
    /** Delivers the message, numbered and kept for a resume; drops it when the player has no session. */
    void deliver(PlayerId player, ServerMessage.Builder message);

    /**
     * Notifies the player, and the room where the player now is.
     *
     * @param teller the notifying room, which notifies its own members itself; null when it has no seat for the player
     * @param reason as {@code InventoryChanged} tells it
     */
    void goodsChanged(PlayerId player, GoodsChange change, @Nullable Room teller, String reason);

    /**
     * Asks whether the player, whose seat has come here with a room, can still come: whether a session, here or on another server,
     * is to follow that room. Fails when that is not known, for example because the other server does not answer.
     */
    CompletionStage<Boolean> isComing(Player player, RoomId room);
}
