package tavern.server.store;

import java.util.List;
import tavern.game.AccountId;
import tavern.game.Goods;

/**
 * Goods that go from one account to another. All legs of a transaction leave before any arrives, so that their order
 * does not matter.
 *
 * @param goods positive counts, and items which the giver has; a mint gives no items by id
 * @param made the kinds of the items to be made, each with a new id; only when a mint gives
 */
public record Leg(AccountId from, AccountId to, Goods goods, List<String> made) {
    public Leg {
        made = List.copyOf(made);
    }
}
