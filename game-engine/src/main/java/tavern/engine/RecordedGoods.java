package tavern.engine;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tavern.engine.recorded.RecordedItem;
import tavern.engine.recorded.RecordedRead;
import tavern.engine.recorded.RecordedValue;
import tavern.game.AccountId;
import tavern.game.Kept;
import tavern.game.PlayerId;

/** What a recorded turn has seen. A turn that looks at anything else is not the same. */
final class RecordedGoods implements SeenGoods {
    private record Key(String holder, Object what) {}

    private final Map<Key, Long> counts = new HashMap<>();
    private final Map<String, Map<Long, String>> inventories = new HashMap<>();
    private final Map<Key, String> items = new HashMap<>();
    private final Set<Key> coming = new HashSet<>();
    private final Map<Key, Kept> values = new HashMap<>();
    private @Nullable String unknown;

    RecordedGoods(List<RecordedRead> reads) {
        for (RecordedRead read : reads) {
            String holder = read.getAccount();
            switch (read.getWhatCase()) {
                case COUNT ->
                    counts.put(
                            new Key(holder, read.getCount().getKind()),
                            read.getCount().getCount());
                case ITEMS -> inventories.put(holder, read.getItems().getKindsMap());
                case ITEM -> put(holder, read.getItem());
                case VALUE -> {
                    RecordedValue value = read.getValue();
                    values.put(new Key(holder, value.getKey()), new Kept(value.getValue(), value.getVersion()));
                }
                case WHAT_NOT_SET -> {
                    // Of a later version: a turn that needs it says that it is missing.
                }
            }
        }
    }

    private void put(String holder, RecordedItem item) {
        Key key = new Key(holder, item.getItem());
        items.put(key, item.getKind());
        if (item.getComing()) {
            coming.add(key);
        }
    }

    /** What was looked at and is not recorded, for people; null for nothing. */
    @Nullable
    String unknown() {
        return unknown;
    }

    private <T> T known(@Nullable T recorded, AccountId who, String what) {
        if (recorded == null) {
            unknown = what + " of " + (who instanceof PlayerId ? "player " + who : who);
            throw new IllegalStateException("the recorded turn has not looked at " + unknown);
        }
        return recorded;
    }

    @Override
    public long count(AccountId who, MemberGoods goods, String kind) {
        return known(counts.get(new Key(who.toString(), kind)), who, "the count of " + kind);
    }

    @Override
    public Map<Long, String> items(AccountId who, MemberGoods goods, List<TurnGoods.ItemMove> ofThisTurn) {
        Map<Long, String> items = new TreeMap<>(known(inventories.get(who.toString()), who, "the items"));
        ofThisTurn.forEach(move -> PendingGoods.apply(move, who, items));
        return items;
    }

    @Override
    public @Nullable String kind(PlayerId who, MemberGoods goods, long item) {
        String kind = known(items.get(new Key(who.toString(), item)), who, "item " + item);
        return kind.isEmpty() ? null : kind;
    }

    @Override
    public boolean brings(PlayerId who, long item) {
        return coming.contains(new Key(who.toString(), item));
    }

    @Override
    public Kept durable(PlayerId who, MemberGoods goods, String key) {
        return known(values.get(new Key(who.toString(), key)), who, "the value " + key);
    }

    @Override
    public Commit.@Nullable Value value(PlayerId holder, String key) {
        return null; // included in the recorded value
    }
}
