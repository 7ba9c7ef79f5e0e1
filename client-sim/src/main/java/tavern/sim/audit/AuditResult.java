package tavern.sim.audit;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The audit of a run.
 *
 * @param conserved whether all goods are there, each unique item once, and the store's books agree, if they were read
 * @param acknowledged trades whose outcome the server reported to a bot
 * @param inStore acknowledged trades that the server remembers with the same outcome
 * @param published committed trades of this run in the feed, each counted once, or null when the feed was not read
 * @param lost acknowledged trades that are gone or ended differently, or were reported as committed but are not in the
 *     feed
 * @param duplicated unique items with two owners, and trades that were carried out twice or published under two ids; a
 *     repeated delivery of a message is not counted here, see {@link FeedCounts#repeated}
 * @param feed the feed's counts, or null when it was not read
 * @param differences descriptions of the first few faults
 */
public record AuditResult(
        boolean conserved,
        Map<String, Long> goodsBefore,
        Map<String, Long> goodsAfter,
        long acknowledged,
        long inStore,
        @Nullable Long published,
        long lost,
        long duplicated,
        @Nullable FeedCounts feed,
        List<String> differences) {
    public boolean holds() {
        return conserved && lost == 0 && duplicated == 0 && inStore == acknowledged && (feed == null || feed.holds());
    }
}
