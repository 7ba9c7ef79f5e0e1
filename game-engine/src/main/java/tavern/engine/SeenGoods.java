package tavern.engine;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.game.AccountId;
import tavern.game.Kept;
import tavern.game.PlayerId;

/**
 * What a turn sees of goods and values: what is durable, with what the turns under way do to it. {@code goods} are what the
 * account durably has.
 */
interface SeenGoods {
    long count(AccountId who, MemberGoods goods, String kind);

    /** Items by id, with their kinds. Those that come from where their kinds are not known are left out. */
    Map<Long, String> items(AccountId who, MemberGoods goods, List<TurnGoods.ItemMove> ofThisTurn);

    /** The kind of a player's item; null when he does not have it, or its kind is not known. */
    @Nullable
    String kind(PlayerId who, MemberGoods goods, long item);

    /** Whether a commit under way brings the item to this player. */
    boolean brings(PlayerId who, long item);

    /** The value that is durable. */
    Kept durable(PlayerId who, MemberGoods goods, String key);

    /** The value that a commit under way writes; null for none. */
    Commit.@Nullable Value value(PlayerId holder, String key);
}
