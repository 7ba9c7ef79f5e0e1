package tavern.sim.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.Stack;

/** Everything that a set of players owns. */
public final class Stocktake {
    private final Map<String, Long> counts = new TreeMap<>();
    private final Map<Long, List<String>> ownersByItem = new TreeMap<>();

    public void add(String player, Inventory inventory) {
        for (Stack stack : inventory.getStacksList()) {
            counts.merge(stack.getKind(), stack.getCount(), Math::addExact);
        }
        for (Item item : inventory.getItemsList()) {
            counts.merge(item.getKind(), 1L, Math::addExact);
            ownersByItem.computeIfAbsent(item.getId(), id -> new ArrayList<>()).add(player);
        }
    }

    /** Counts by kind; unique items are also counted under their kind. */
    public Map<String, Long> counts() {
        return counts;
    }

    /** The number of unique items that more than one player has. */
    public long duplicates() {
        return ownersByItem.values().stream()
                .filter(owners -> owners.size() > 1)
                .count();
    }

    /**
     * Compares with an earlier stocktake.
     *
     * @return descriptions of what changed; empty when everything is there exactly once
     */
    public List<String> differences(Stocktake before) {
        List<String> differences = new ArrayList<>();
        TreeSet<String> kinds = new TreeSet<>(before.counts.keySet());
        kinds.addAll(counts.keySet());
        for (String kind : kinds) {
            long was = before.counts.getOrDefault(kind, 0L);
            long is = counts.getOrDefault(kind, 0L);
            if (was != is) {
                differences.add(kind + ": " + was + " before, " + is + " after");
            }
        }
        TreeSet<Long> items = new TreeSet<>(before.ownersByItem.keySet());
        items.addAll(ownersByItem.keySet());
        for (long item : items) {
            List<String> owners = ownersByItem.getOrDefault(item, List.of());
            if (owners.size() != 1 || !before.ownersByItem.containsKey(item)) {
                differences.add("item " + item + ": owned by " + before.ownersByItem.getOrDefault(item, List.of())
                        + " before, by " + owners + " after");
            }
        }
        return differences;
    }
}
