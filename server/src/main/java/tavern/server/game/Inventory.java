package tavern.server.game;

import java.util.SortedMap;
import java.util.TreeMap;
import org.pcollections.TreePMap;
import tavern.game.Goods;

/**
 * Everything that a player owns: counts by kind (never zero or negative) and kinds by item id.
 *
 * <p>Immutable. An inventory shares its structure with the one that it was made from, so {@link #after} takes time in
 * proportion to the change, not to what the player owns.
 *
 * @param version grows by one with every change in the store; of two inventories of a player, the one with the larger
 *     version is newer
 */
public record Inventory(SortedMap<String, Long> stacks, SortedMap<Long, String> items, long version) {
    public static final Inventory EMPTY = new Inventory(new TreeMap<>(), new TreeMap<>(), 0);

    public Inventory {
        stacks = persistent(stacks);
        items = persistent(items);
    }

    private static <K, V> TreePMap<K, V> persistent(SortedMap<K, V> map) {
        return map instanceof TreePMap<K, V> already ? already : TreePMap.fromSortedMap(map);
    }

    public long count(String kind) {
        return stacks.getOrDefault(kind, 0L);
    }

    public boolean owns(long item) {
        return items.containsKey(item);
    }

    /** Whether all of these goods are among what is owned. */
    public boolean covers(Goods goods) {
        for (Long item : goods.items()) {
            if (!owns(item)) {
                return false;
            }
        }
        for (var stack : goods.stacks().entrySet()) {
            if (count(stack.getKey()) < stack.getValue()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the inventory after this change.
     *
     * @throws IllegalArgumentException when the change does not follow this version
     */
    public Inventory after(GoodsChange change) {
        if (!change.follows(version)) {
            throw new IllegalArgumentException(
                    "a change to version " + change.version() + " does not follow " + version);
        }
        return with(change);
    }

    /**
     * Returns this inventory with what the change says: right in all kinds and items that it names, of whatever version this is,
     * as long as that is an older one.
     */
    public Inventory with(GoodsChange change) {
        TreePMap<String, Long> counts = persistent(stacks);
        for (var count : change.counts().entrySet()) {
            counts = count.getValue() == 0
                    ? counts.minus(count.getKey())
                    : counts.plus(count.getKey(), count.getValue());
        }
        TreePMap<Long, String> owned = persistent(items);
        if (!change.itemsOut().isEmpty() || !change.itemsIn().isEmpty()) {
            owned = owned.minusAll(change.itemsOut()).plusAll(change.itemsIn());
        }
        return new Inventory(counts, owned, change.version());
    }
}
