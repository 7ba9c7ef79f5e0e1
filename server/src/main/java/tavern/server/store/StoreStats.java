package tavern.server.store;

/**
 * @param inFlight operations asked for and not yet answered
 * @param outboxRows rows not yet published
 */
public record StoreStats(int inFlight, long outboxRows, boolean available) {}
