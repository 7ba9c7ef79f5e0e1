package tavern.server.room;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.engine.MemberGoods;
import tavern.game.Kept;
import tavern.game.PlayerId;
import tavern.server.game.GoodsChange;
import tavern.server.game.Inventory;
import tavern.server.game.RoomRules;

/**
 * What a member durably has: goods, and the values that the game keeps.
 *
 * <p>Goods are what the room's rules know, as long as no commit under way moves any of the member's. Then they stand still,
 * except for what such commits have done: the rules may hear of a commit's goods before the commit is decided here, and the
 * engine, which adds what is under way, would count them twice; or they may hear of them later, and the engine would miss
 * them. Only for who comes in while somebody's gift to him is under way, goods may be counted twice until it is decided: of a
 * record it is not known whether the gift is in it.
 */
@OnRoomThread
final class SeatGoods implements MemberGoods {
    private final PlayerId member;
    private final RoomRules rules;
    private final Map<String, Kept> values;

    /** Commits under way that move goods of the member, oldest first. */
    private final Deque<Long> moving = new ArrayDeque<>();

    /** Null while what the rules know counts. */
    private @Nullable Inventory own;

    private boolean isGone;

    SeatGoods(PlayerId member, RoomRules rules, Map<String, Kept> values) {
        this.member = member;
        this.rules = rules;
        this.values = new HashMap<>(values);
    }

    PlayerId member() {
        return member;
    }

    private Inventory inventory() {
        Inventory known = known();
        if (own != null && known != null && moving.isEmpty() && known.version() >= own.version()) {
            own = null;
        }
        if (own != null) {
            return own;
        }
        return known == null ? Inventory.EMPTY : known;
    }

    /** What the rules know; they forget who leaves. */
    private @Nullable Inventory known() {
        return isGone ? null : rules.inventory(member);
    }

    @Override
    public long count(String kind) {
        return inventory().count(kind);
    }

    @Override
    public Map<Long, String> items() {
        return inventory().items();
    }

    @Override
    public Kept kept(String key) {
        return values.getOrDefault(key, Kept.NONE);
    }

    // ---- commits ----

    void submitted(long revision) {
        own = inventory();
        moving.addLast(revision);
    }

    /** A commit that is durable has done this. */
    void changed(GoodsChange change) {
        Inventory before = inventory();
        Inventory known = known();
        if (known != null && known.version() == change.version()) {
            own = known; // with what others have done
        } else if (change.version() > before.version()) {
            own = before.with(change);
        }
    }

    /** As the store has it, when it is known which commits are in it: those that are decided next. */
    void read(Inventory now) {
        if (now.version() >= inventory().version()) {
            own = now;
        }
    }

    /** The commits up to this one are decided. @return whether none is under way any more */
    boolean committed(long revision) {
        moving.removeIf(before -> before <= revision);
        return moving.isEmpty();
    }

    /** This commit was refused, and those behind it come under new revisions. @return as {@link #committed} */
    boolean refused(long revision) {
        moving.removeIf(later -> later >= revision);
        return moving.isEmpty();
    }

    // ---- values ----

    /** The store has this value now. That there is none has no version of its own, and is believed. */
    void keep(String key, Kept value) {
        if (value.version() == 0 || value.version() >= kept(key).version()) {
            values.put(key, value);
        }
    }

    /** Takes over what the same player, who was here before, is known to have since these were read. */
    void keepNewer(SeatGoods before) {
        before.values.forEach((key, value) -> {
            if (value.version() > kept(key).version()) {
                values.put(key, value);
            }
        });
    }

    // ---- leaving ----

    /** The rules are about to forget the member; turns may still be computed that see what he has. */
    void leaves() {
        own = inventory();
        isGone = true;
    }
}
