package tavern.sim.audit;

/**
 * Counts of messages in the ledger queue.
 *
 * @param delivered messages received, repeats included
 * @param repeated deliveries of a message received before, identical in every byte; delivery is at least once
 * @param outOfOrder messages committed before an earlier one of the same room and owner; informational, not a fault
 * @param strangers trades without a bot of this run; they can be checked only against the store
 * @param missing trades reported as committed that never arrived
 * @param forged trades that nobody made, or not on these terms
 * @param unreadable messages that are not valid feed messages
 */
public record FeedCounts(
        long delivered, long repeated, long outOfOrder, long strangers, long missing, long forged, long unreadable) {
    boolean holds() {
        return missing == 0 && forged == 0 && unreadable == 0;
    }

    /** These counts plus forgeries that were found elsewhere. */
    public FeedCounts plusForged(long more) {
        return new FeedCounts(delivered, repeated, outOfOrder, strangers, missing, forged + more, unreadable);
    }
}
