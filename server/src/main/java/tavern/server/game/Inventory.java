package tavern.server.game;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a player owns, as the store last said it: counts by kind (never zero or negative) and kinds by item id.
 *
 * @param version grows with every change in the store; of two inventories of a player the larger is the newer
 */
public record Inventory(SortedMap<String, Long> stacks, SortedMap<Long, String> items, long version) {
    public static final Inventory EMPTY = new Inventory(new TreeMap<>(), new TreeMap<>(), 0);

    public Inventory {
        stacks = Collections.unmodifiableSortedMap(new TreeMap<>(stacks));
        items = Collections.unmodifiableSortedMap(new TreeMap<>(items));
    }

    public long count(String kind) {
        return stacks.getOrDefault(kind, 0L);
    }

    public boolean owns(long item) {
        return items.containsKey(item);
    }
}
