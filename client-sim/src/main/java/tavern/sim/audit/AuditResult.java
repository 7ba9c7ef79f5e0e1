package tavern.sim.audit;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is left after a run.
 *
 * @param conserved all goods are there, each unique item once, and the store's books agree, if they were read
 * @param acknowledged trades of whose end a bot was told
 * @param inStore those of them that the server remembers with the same outcome
 * @param published committed trades of this run in the feed, each once; null: it was not read
 * @param lost acknowledged trades that are gone or ended otherwise, or were told as committed and are not in the feed
 * @param duplicated unique items with two owners, and trades that were carried out twice or published under two ids; a
 *     message that is delivered again is none: see {@link FeedCounts#repeated}
 * @param feed null: it was not read
 * @param differences in words, the first few
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
