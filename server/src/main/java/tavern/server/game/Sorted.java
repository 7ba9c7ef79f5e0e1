package tavern.server.game;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Immutable copies, in the same order. Most goods have no items, and nothing is copied for those; {@code Goods}, which is of the
 * games' API, does the same.
 */
public final class Sorted {
    private Sorted() {}

    public static <K, V> SortedMap<K, V> copy(SortedMap<K, V> map) {
        return map.isEmpty() ? Collections.emptySortedMap() : Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }

    public static <E> SortedSet<E> copy(SortedSet<E> set) {
        return set.isEmpty() ? Collections.emptySortedSet() : Collections.unmodifiableSortedSet(new TreeSet<>(set));
    }
}
