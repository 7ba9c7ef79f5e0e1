package tavern.server.game;

/**
 * An offer that has not ended, for operators to see.
 *
 * @param settling the store is asked to end it
 */
public record OpenOffer(
        TradeId id, Player proposer, Player partner, Terms terms, long expiresAtMillis, boolean settling) {}
