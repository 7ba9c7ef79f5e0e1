package tavern.server.feed;

/**
 * How the feed does, for operators, as of a moment ago.
 *
 * @param relaying this node publishes for the realm; else another one does, or it could not be settled who
 * @param connected to the broker
 * @param blocked the broker takes nothing now, because it is short of memory or disk
 * @param inFlight messages published and not yet confirmed
 * @param outboxRows committed trades that are not known to be published
 * @param oldestAgeMillis age of the oldest of those that this node has read; 0: none
 * @param confirmed messages that the broker has kept, since the start
 * @param returned messages that came back because no queue was bound, since the start
 * @param nacked messages that the broker failed to keep, since the start
 * @param deadLetters messages moved to {@code tavern.trades.dead} since the start
 * @param lastProblem in words; empty: none since all was well
 */
public record FeedStatus(
        boolean relaying,
        boolean connected,
        boolean blocked,
        int inFlight,
        long outboxRows,
        long oldestAgeMillis,
        long confirmed,
        long returned,
        long nacked,
        long deadLetters,
        String lastProblem) {
    /** Of a feed that does nothing. */
    public static final FeedStatus NONE = new FeedStatus(false, false, false, 0, 0, 0, 0, 0, 0, 0, "");
}
