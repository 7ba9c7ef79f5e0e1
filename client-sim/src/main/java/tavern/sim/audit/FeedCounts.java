package tavern.sim.audit;

/**
 * The ledger queue in numbers.
 *
 * @param delivered messages, repeats included
 * @param repeated deliveries of a message that had come before, the same in every byte: delivery is at least once
 * @param outOfOrder messages committed before an earlier one of the same room and owner; a note, no fault
 * @param strangers trades without a bot of this run: judged only with the store beside
 * @param missing trades told as committed that never came
 * @param forged trades that nobody made so
 * @param unreadable messages that are not the feed's
 */
public record FeedCounts(
        long delivered, long repeated, long outOfOrder, long strangers, long missing, long forged, long unreadable) {
    boolean holds() {
        return missing == 0 && forged == 0 && unreadable == 0;
    }

    /** With more forgeries, found elsewhere. */
    public FeedCounts plusForged(long more) {
        return new FeedCounts(delivered, repeated, outOfOrder, strangers, missing, forged + more, unreadable);
    }
}
