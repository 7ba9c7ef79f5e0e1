package tavern.server.room;

import java.util.HashMap;
import java.util.Map;
import tavern.engine.MemberGoods;
import tavern.game.Kept;
import tavern.game.PlayerId;
import tavern.server.game.Inventory;
import tavern.server.game.RoomRules;

/** What a member durably has: goods as the room's rules know them, and the values that the game keeps. */
@OnRoomThread
final class SeatGoods implements MemberGoods {
    private final PlayerId member;
    private final RoomRules rules;
    private final Map<String, Kept> values;

    SeatGoods(PlayerId member, RoomRules rules, Map<String, Kept> values) {
        this.member = member;
        this.rules = rules;
        this.values = new HashMap<>(values);
    }

    private Inventory inventory() {
        Inventory known = rules.inventory(member);
        return known == null ? Inventory.EMPTY : known;
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

    /** The store has this value now. */
    void keep(String key, Kept value) {
        values.put(key, value);
    }
}
