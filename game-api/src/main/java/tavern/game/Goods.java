package tavern.game;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One side of a trade, or a grant: positive counts by kind, and unique items. Sorted, so that equal goods are always
 * written in the same order. Immutable. Not checked here: kinds and counts that cannot be are refused where the goods are to be moved.
 *
 * @param stacks counts by kind, as {@link Names#isKind} allows
 * @param items numbers, as {@link Turn#items} has them
 */
public record Goods(SortedMap<String, Long> stacks, SortedSet<Long> items) {
    public static final Goods NONE = new Goods(new TreeMap<>(), new TreeSet<>());

    public Goods {
        // Most goods have no items.
        stacks = stacks.isEmpty()
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(new TreeMap<>(stacks));
        items = items.isEmpty()
                ? Collections.emptySortedSet()
                : Collections.unmodifiableSortedSet(new TreeSet<>(items));
    }

    public static Goods of(String kind, long count) {
        return new Goods(new TreeMap<>(Map.of(kind, count)), new TreeSet<>());
    }

    public static Goods ofItem(long item) {
        return new Goods(new TreeMap<>(), new TreeSet<>(Collections.singleton(item)));
    }

    public boolean isEmpty() {
        return stacks.isEmpty() && items.isEmpty();
    }
}
