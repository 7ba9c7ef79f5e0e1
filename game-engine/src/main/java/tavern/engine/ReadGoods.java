package tavern.engine;

import java.util.Map;
import tavern.game.AccountId;
import tavern.game.Player;

/**
 * What the store has of accounts that a turn asked for ({@link Output.Read}).
 *
 * @param accounts all that were asked for, by id; also those of the players in {@code players}
 * @param players by the names that were asked for; without those that nobody has
 */
public record ReadGoods(Map<AccountId, Account> accounts, Map<String, Player> players) {
    /** Nothing was asked for. */
    static final ReadGoods NONE = new ReadGoods(Map.of(), Map.of());

    public ReadGoods {
        accounts = Map.copyOf(accounts);
        players = Map.copyOf(players);
    }

    /**
     * One account.
     *
     * @param version of its goods; 0 when it does not exist
     * @param goods that do not change any more
     */
    public record Account(long version, MemberGoods goods) {}
}
