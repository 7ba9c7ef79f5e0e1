package tavern.server.it;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import tavern.protocol.v1.GoodsChange;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.InventoryPage;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Stack;

/**
 * What a player owns by what the server has told, as a client works it out that follows P-55 and P-56 to the letter.
 * Written from the protocol's text. One that waits for pages which were never asked for is never whole.
 */
public final class ToldInventory {
    private final TreeMap<String, Long> stacks = new TreeMap<>();
    private final TreeMap<Long, String> items = new TreeMap<>();
    private final List<InventoryPage> pages = new ArrayList<>();
    private final List<GoodsChange> kept = new ArrayList<>();
    private long version;
    private boolean whole;

    /** Whether all pages have come, and each change since. */
    public boolean isWhole() {
        return whole;
    }

    public void heard(ServerMessage message) {
        switch (message.getBodyCase()) {
            case WELCOME -> {
                pages.clear();
                if (!message.getWelcome().getResumed()) {
                    whole = false;
                    kept.clear();
                }
            }
            case INVENTORY_PAGE -> page(message.getInventoryPage());
            case TRADE_RESULT -> {
                if (message.getTradeResult().hasChange()) {
                    changed(message.getTradeResult().getChange());
                }
            }
            case INVENTORY_CHANGED -> {
                if (message.getInventoryChanged().hasChange()) {
                    changed(message.getInventoryChanged().getChange());
                } else if (message.getInventoryChanged().getVersion() > version) {
                    whole = false;
                }
            }
            default -> {}
        }
    }

    private void page(InventoryPage page) {
        pages.add(page);
        long different = pages.stream()
                .mapToLong(each -> each.getPart().getVersion())
                .distinct()
                .count();
        if (different != 1) {
            throw new AssertionError("P-56: pages of different versions");
        }
        if (!page.getLast()) {
            return;
        }
        stacks.clear();
        items.clear();
        for (InventoryPage each : pages) {
            each.getPart().getStacksList().forEach(stack -> stacks.put(stack.getKind(), stack.getCount()));
            each.getPart().getItemsList().forEach(item -> items.put(item.getId(), item.getKind()));
        }
        version = page.getPart().getVersion();
        pages.clear();
        whole = true;
        List<GoodsChange> since = new ArrayList<>(kept);
        since.sort(Comparator.comparingLong(GoodsChange::getVersion));
        kept.clear();
        since.forEach(this::changed);
    }

    private void changed(GoodsChange change) {
        if (whole && change.getVersion() == version + 1) {
            apply(change);
        } else if (!whole || change.getVersion() > version) {
            whole = false;
            kept.add(change);
        }
    }

    private void apply(GoodsChange change) {
        for (Stack stack : change.getCountsList()) {
            stacks.put(stack.getKind(), stack.getCount());
            stacks.remove(stack.getKind(), 0L);
        }
        for (long item : change.getItemIdsOutList()) {
            if (items.remove(item) == null) {
                throw new AssertionError("P-55: item " + item + " goes out, but was not there");
            }
        }
        for (Item item : change.getItemsInList()) {
            if (items.put(item.getId(), item.getKind()) != null) {
                throw new AssertionError("P-55: item " + item.getId() + " comes in, but was there");
            }
        }
        version = change.getVersion();
    }

    /** What was told, with stacks and items in the order of their kinds and ids. */
    public Inventory inventory() {
        Inventory.Builder inventory = Inventory.newBuilder().setVersion(version);
        stacks.forEach((kind, count) ->
                inventory.addStacks(Stack.newBuilder().setKind(kind).setCount(count)));
        items.forEach(
                (id, kind) -> inventory.addItems(Item.newBuilder().setId(id).setKind(kind)));
        return inventory.build();
    }

    /** Goes on from what another connection of the session was told. */
    void follow(ToldInventory before) {
        stacks.putAll(before.stacks);
        items.putAll(before.items);
        kept.addAll(before.kept);
        version = before.version;
        whole = before.whole;
    }
}
