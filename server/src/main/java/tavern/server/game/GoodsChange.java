package tavern.server.game;

import java.util.SortedMap;
import java.util.SortedSet;

/**
 * How one transaction has changed what an account holds. Applies to the inventory of the version before, and to that one
 * only.
 *
 * @param version of the inventory afterwards
 * @param counts of the kinds that changed, afterwards; 0 for a kind that is gone
 * @param itemsIn the kinds of the items that came, by id
 * @param itemsOut the ids of the items that went
 */
public record GoodsChange(
        long version, SortedMap<String, Long> counts, SortedMap<Long, String> itemsIn, SortedSet<Long> itemsOut) {
    public GoodsChange {
        counts = Sorted.copy(counts);
        itemsIn = Sorted.copy(itemsIn);
        itemsOut = Sorted.copy(itemsOut);
    }

    /** Whether it can be applied to an inventory of this version. */
    public boolean follows(long versionBefore) {
        return version == versionBefore + 1;
    }
}
