package tavern.engine;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.game.Kept;
import tavern.game.PlayerId;

/** What a turn sees of members' goods and values: what is durable, with what the turns under way do to it. */
interface SeenGoods {
    long count(Present.Member member, String kind);

    /** Items by id, with their kinds. Those that come from where their kinds are not known are left out. */
    Map<Long, String> items(Present.Member member, List<TurnGoods.ItemMove> ofThisTurn);

    /** The kind of a member's item; null when he does not have it, or its kind is not known. */
    @Nullable
    String kind(Present.Member member, long item);

    /** Whether a commit under way brings the item to this player. */
    boolean brings(PlayerId who, long item);

    /** The value that is durable. */
    Kept durable(Present.Member member, String key);

    /** The value that a commit under way writes; null for none. */
    Commit.@Nullable Value value(PlayerId holder, String key);
}
