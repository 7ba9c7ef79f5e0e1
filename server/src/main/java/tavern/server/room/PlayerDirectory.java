package tavern.server.room;

import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
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
}
