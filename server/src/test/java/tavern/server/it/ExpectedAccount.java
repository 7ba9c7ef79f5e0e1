package tavern.server.it;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.TradeOutcome;

/** What a player must own, in whatever order trades happened: counts by kind, and 1 for each item. */
final class ExpectedAccount {
    private final Map<String, Long> counts = new HashMap<>();
    private long version;

    static ExpectedAccount of(Inventory told) {
        ExpectedAccount account = new ExpectedAccount();
        account.version = told.getVersion();
        told.getStacksList().forEach(stack -> account.add(stack.getKind(), stack.getCount()));
        told.getItemsList().forEach(item -> account.add("item " + item.getId(), 1));
        return account;
    }

    /** The account after all committed trades among these. */
    ExpectedAccount after(Collection<Deal> deals, String player) {
        ExpectedAccount after = new ExpectedAccount();
        after.counts.putAll(counts);
        after.version = version;
        for (Deal deal : deals) {
            if (deal.involves(player) && deal.outcome() == TradeOutcome.COMMITTED) {
                boolean proposed = deal.from().equals(player);
                after.move(proposed ? deal.give() : deal.want(), -1);
                after.move(proposed ? deal.want() : deal.give(), 1);
                after.version++;
            }
        }
        return after;
    }

    private void move(Goods goods, int sign) {
        goods.getStacksList().forEach(stack -> add(stack.getKind(), sign * stack.getCount()));
        goods.getItemIdsList().forEach(item -> add("item " + item, sign));
    }

    private void add(String what, long count) {
        counts.merge(what, count, (one, other) -> one + other == 0 ? null : Long.valueOf(one + other));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExpectedAccount account && account.version == version && account.counts.equals(counts);
    }

    @Override
    public int hashCode() {
        return counts.hashCode();
    }

    @Override
    public String toString() {
        return counts + " after " + version + " changes";
    }
}
