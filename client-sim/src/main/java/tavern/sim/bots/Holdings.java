package tavern.sim.bots;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.Stack;

/** What a bot owns, as far as it was told. */
final class Holdings {
    private final Map<String, Long> stacks = new TreeMap<>();
    private final List<Long> items = new ArrayList<>();
    private long version = -1;

    void learn(Inventory inventory) {
        if (inventory.getVersion() > version) {
            version = inventory.getVersion();
            stacks.clear();
            items.clear();
            for (Stack stack : inventory.getStacksList()) {
                stacks.put(stack.getKind(), stack.getCount());
            }
            for (Item item : inventory.getItemsList()) {
                items.add(item.getId());
            }
        }
    }

    List<String> kinds() {
        return List.copyOf(stacks.keySet());
    }

    long count(String kind) {
        return stacks.getOrDefault(kind, 0L);
    }

    List<Long> items() {
        return items;
    }
}
