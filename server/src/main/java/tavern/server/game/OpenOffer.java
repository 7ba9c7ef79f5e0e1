package tavern.server.game;

import tavern.game.Player;

/**
 * An offer that has not ended, as shown to operators.
 *
 * @param expiresAtMillis when it expires, on the monotonic clock of {@link RoomRules}
 * @param settling whether a settlement waits for the store
 */
public record OpenOffer(
        TradeId id, Player proposer, Player partner, Terms terms, long expiresAtMillis, boolean settling) {}
