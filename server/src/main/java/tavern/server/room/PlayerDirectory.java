package tavern.server.room;

import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ServerMessage;
import tavern.server.game.Inventory;
import tavern.server.game.PlayerId;

/** All players who have a session, for what a room has to say to those who left it. Any thread; returns at once. */
public interface PlayerDirectory {
    /** Numbered and kept for a resume; dropped when the player has no session. */
    void deliver(PlayerId player, ServerMessage.Builder message);

    /**
     * Tells the player, and the room where the player is by now.
     *
     * @param teller the room that tells them itself, if it is that one; null: none does
     */
    void inventoryChanged(PlayerId player, Inventory inventory, @Nullable Room teller);
}
