package tavern.server.it;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.Stack;

/** What a player believes that it owns. */
record ToldHoldings(SortedMap<String, Long> stacks, SortedSet<Long> items, long version) {
    static ToldHoldings of(Inventory told) {
        ToldHoldings holdings = new ToldHoldings(new TreeMap<>(), new TreeSet<>(), told.getVersion());
        told.getStacksList().forEach(stack -> holdings.add(stack, 1));
        told.getItemsList().stream().map(Item::getId).forEach(holdings.items::add);
        return holdings;
    }

    /** The holdings after one more trade. */
    ToldHoldings after(Goods given, Goods received) {
        ToldHoldings next = new ToldHoldings(new TreeMap<>(stacks), new TreeSet<>(items), version + 1);
        given.getStacksList().forEach(stack -> next.add(stack, -1));
        received.getStacksList().forEach(stack -> next.add(stack, 1));
        given.getItemIdsList().forEach(next.items::remove);
        next.items.addAll(received.getItemIdsList());
        return next;
    }

    private void add(Stack stack, int sign) {
        stacks.merge(stack.getKind(), sign * stack.getCount(), (one, other) -> one + other == 0 ? null : one + other);
    }

    List<Long> itemList() {
        return new ArrayList<>(items);
    }
}
