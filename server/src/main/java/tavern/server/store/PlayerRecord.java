package tavern.server.store;

import tavern.server.game.Inventory;
import tavern.server.game.Player;

/**
 * A player as the store knows it.
 *
 * @param bannedUntilMillis milliseconds since 1970; 0: not banned
 * @param mutedUntilMillis milliseconds since 1970; 0: not muted
 */
public record PlayerRecord(
        Player player, Inventory inventory, long bannedUntilMillis, long mutedUntilMillis, String banReason) {}
