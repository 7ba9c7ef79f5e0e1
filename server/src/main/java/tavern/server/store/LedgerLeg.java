package tavern.server.store;

import java.util.SortedMap;
import tavern.game.AccountId;
import tavern.server.game.Sorted;

/**
 * Goods that went from one account to another, as the ledger has them.
 *
 * @param from a mint; or the number, as {@code PlayerId}, of a player or a named account
 * @param to as {@code from}
 * @param stacks positive counts by kind
 * @param items the kinds of those that existed before, by id
 * @param made the kinds of those that came into being, by id
 */
public record LedgerLeg(
        AccountId from,
        AccountId to,
        SortedMap<String, Long> stacks,
        SortedMap<Long, String> items,
        SortedMap<Long, String> made) {
    public LedgerLeg {
        stacks = Sorted.copy(stacks);
        items = Sorted.copy(items);
        made = Sorted.copy(made);
    }
}
