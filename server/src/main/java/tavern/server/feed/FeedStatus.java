package tavern.server.feed;

/**
 * The state of the feed as of a moment ago, for operators.
 *
 * @param relaying whether this node publishes for the realm; if not, another one does, or that could not be determined
 * @param connected whether there is a connection to the broker
 * @param blocked whether the broker currently accepts no messages, because it is short of memory or disk
 * @param inFlight messages published and not yet confirmed
 * @param outboxRows committed trades that are not known to be published
 * @param oldestAgeMillis age of the oldest of those that this node has read; 0 if there is none
 * @param confirmed messages that the broker has kept, since the start
 * @param unrouted whether the newest confirmed trade was routed to no queue, while none was required
 * @param returned messages that came back because no queue was bound, since the start
 * @param nacked messages that the broker failed to keep, since the start
 * @param deadLetters messages moved to {@code tavern.trades.dead} since the start
 * @param lastProblem in words; empty if there was none since all was well
 */
public record FeedStatus(
        boolean relaying,
        boolean connected,
        boolean blocked,
        int inFlight,
        long outboxRows,
        long oldestAgeMillis,
        long confirmed,
        boolean unrouted,
        long returned,
        long nacked,
        long deadLetters,
        String lastProblem) {
    /** The status of a feed that does nothing. */
    public static final FeedStatus NONE = new FeedStatus(false, false, false, 0, 0, 0, 0, false, 0, 0, 0, "");
}
