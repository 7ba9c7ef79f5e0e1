package tavern.server.store;

/**
 * @param inFlight operations not yet answered
 * @param outboxRows rows not yet published
 * @param outbox the bound on those rows
 */
public record StoreStats(int inFlight, long outboxRows, OutboxBound outbox, boolean available) {}
