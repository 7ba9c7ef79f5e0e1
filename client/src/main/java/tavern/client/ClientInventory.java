package tavern.client;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import tavern.protocol.v1.GoodsChange;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.InventoryPage;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.Stack;

/**
 * What the player owns, as far as the server has told it: first all of it in pages (P-56), then each change (P-55).
 * Confined to the client's event loop.
 */
public final class ClientInventory {
    private final NavigableMap<String, Long> stacks = new TreeMap<>();
    private final NavigableMap<Long, String> items = new TreeMap<>();
    private long version;

    /** Whether pages are under way or have to be asked for; meanwhile changes are kept. */
    private boolean incomplete = true;

    private final Inventory.Builder pages = Inventory.newBuilder();
    private final List<GoodsChange> kept = new ArrayList<>();

    /** The highest version that was told without a change. */
    private long versionTold;

    public long count(String kind) {
        return stacks.getOrDefault(kind, 0L);
    }

    /** The kinds of stacks, in their order. */
    public List<String> kinds() {
        return List.copyOf(stacks.keySet());
    }

    /** The kinds of unique items, by id. Changes with the inventory. */
    public NavigableMap<Long, String> items() {
        return items;
    }

    /** Whether this is all that the player owned at {@link #version}, and no change since is known to be missing. */
    public boolean isComplete() {
        return !incomplete;
    }

    public long version() {
        return version;
    }

    /** All of it, in the order of kinds and ids. */
    public Inventory toMessage() {
        Inventory.Builder message = Inventory.newBuilder().setVersion(version);
        stacks.forEach((kind, count) ->
                message.addStacks(Stack.newBuilder().setKind(kind).setCount(count)));
        items.forEach((id, kind) -> message.addItems(Item.newBuilder().setId(id).setKind(kind)));
        return message.build();
    }

    /** A new session has begun: pages come by themselves. */
    void begin() {
        stacks.clear();
        items.clear();
        version = 0;
        versionTold = 0;
        kept.clear();
        pages.clear();
        incomplete = true;
    }

    /** The connection was lost: pages that were under way do not go on over the next one. */
    void cutOff() {
        pages.clear();
    }

    /** From now on until the last page, changes are kept. */
    void await() {
        incomplete = true;
    }

    /** Takes a page. @return whether it was the last; then {@link #catchUp} must follow */
    boolean take(InventoryPage page) {
        pages.mergeFrom(page.getPart());
        if (page.getLast()) {
            stacks.clear();
            items.clear();
            version = pages.getVersion();
            pages.getStacksList().forEach(stack -> stacks.put(stack.getKind(), stack.getCount()));
            pages.getItemsList().forEach(item -> items.put(item.getId(), item.getKind()));
            pages.clear();
        }
        return page.getLast();
    }

    /**
     * P-56: applies the changes that came while the pages were under way, in the order of their versions: changes of one
     * moment may be told in either order. @return whether one is missing
     */
    boolean catchUp() {
        incomplete = false;
        List<GoodsChange> since = new ArrayList<>(kept);
        since.sort(Comparator.comparingLong(GoodsChange::getVersion));
        kept.clear();
        boolean isMissing = false;
        for (GoodsChange change : since) {
            isMissing |= take(change);
        }
        return isMissing || takeVersion(versionTold);
    }

    /** P-55: takes a change. @return whether one before it is missing, so that pages must be asked for */
    boolean take(GoodsChange change) {
        if (incomplete) {
            kept.add(change);
            return false;
        }
        if (change.getVersion() == version + 1) {
            apply(change);
        } else if (change.getVersion() > version) {
            kept.add(change);
            await();
            return true;
        }
        return false;
    }

    /** P-55: the goods have this version now. @return whether changes are missing, so that pages must be asked for */
    boolean takeVersion(long now) {
        versionTold = Math.max(versionTold, now);
        if (incomplete || versionTold <= version) {
            return false;
        }
        await();
        return true;
    }

    private void apply(GoodsChange change) {
        for (Stack stack : change.getCountsList()) {
            if (stack.getCount() == 0) {
                stacks.remove(stack.getKind());
            } else {
                stacks.put(stack.getKind(), stack.getCount());
            }
        }
        change.getItemIdsOutList().forEach(items::remove);
        change.getItemsInList().forEach(item -> items.put(item.getId(), item.getKind()));
        version = change.getVersion();
    }
}
