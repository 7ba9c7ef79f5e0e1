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
import tavern.game.Kept;
import tavern.game.PlayerId;

/** What a recorded turn has seen. A turn that looks at anything else is not the same. */
final class RecordedGoods implements SeenGoods {
    private record Key(long holder, Object what) {}

    private final Map<Key, Long> counts = new HashMap<>();
    private final Map<Long, Map<Long, String>> inventories = new HashMap<>();
    private final Map<Key, String> items = new HashMap<>();
    private final Set<Key> coming = new HashSet<>();
    private final Map<Key, Kept> values = new HashMap<>();
    private @Nullable String unknown;

    RecordedGoods(List<RecordedRead> reads) {
        for (RecordedRead read : reads) {
            long holder = read.getPlayer();
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

    private void put(long holder, RecordedItem item) {
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

    private <T> T known(@Nullable T recorded, Present.Member member, String what) {
        if (recorded == null) {
            unknown = what + " of " + member.player().name();
            throw new IllegalStateException("the recorded turn has not looked at " + unknown);
        }
        return recorded;
    }

    @Override
    public long count(Present.Member member, String kind) {
        return known(counts.get(new Key(member.player().id().value(), kind)), member, "the count of " + kind);
    }

    @Override
    public Map<Long, String> items(Present.Member member, List<TurnGoods.ItemMove> ofThisTurn) {
        PlayerId who = member.player().id();
        Map<Long, String> items = new TreeMap<>(known(inventories.get(who.value()), member, "the items"));
        ofThisTurn.forEach(move -> PendingGoods.apply(move, who, items));
        return items;
    }

    @Override
    public @Nullable String kind(Present.Member member, long item) {
        String kind = known(items.get(new Key(member.player().id().value(), item)), member, "item " + item);
        return kind.isEmpty() ? null : kind;
    }

    @Override
    public boolean brings(PlayerId who, long item) {
        return coming.contains(new Key(who.value(), item));
    }

    @Override
    public Kept durable(Present.Member member, String key) {
        return known(values.get(new Key(member.player().id().value(), key)), member, "the value " + key);
    }

    @Override
    public Commit.@Nullable Value value(PlayerId holder, String key) {
        return null; // included in the recorded value
    }
}
