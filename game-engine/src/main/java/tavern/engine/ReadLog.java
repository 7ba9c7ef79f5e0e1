package tavern.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tavern.engine.recorded.RecordedCount;
import tavern.engine.recorded.RecordedItem;
import tavern.engine.recorded.RecordedItems;
import tavern.engine.recorded.RecordedRead;
import tavern.engine.recorded.RecordedValue;
import tavern.game.AccountId;
import tavern.game.Kept;
import tavern.game.PlayerId;

/** Notes what one turn sees, each thing once: it does not change within a turn. */
final class ReadLog implements SeenGoods {
    private record Stack(AccountId holder, String kind) {}

    private record Item(PlayerId holder, long item) {}

    private record ValueKey(PlayerId holder, String key) {}

    private final SeenGoods live;
    private final Map<Stack, Long> counts = new LinkedHashMap<>();
    private final Map<AccountId, Map<Long, String>> inventories = new LinkedHashMap<>();
    private final Map<Item, @Nullable String> items = new LinkedHashMap<>();
    private final Set<Item> coming = new LinkedHashSet<>();
    private final Map<ValueKey, Kept> values = new LinkedHashMap<>();

    ReadLog(SeenGoods live) {
        this.live = live;
    }

    @Override
    public long count(AccountId who, MemberGoods goods, String kind) {
        return counts.computeIfAbsent(new Stack(who, kind), unknown -> live.count(who, goods, kind));
    }

    @Override
    public Map<Long, String> items(AccountId who, MemberGoods goods, List<TurnGoods.ItemMove> ofThisTurn) {
        inventories.computeIfAbsent(who, unknown -> Map.copyOf(live.items(who, goods, List.of())));
        return live.items(who, goods, ofThisTurn);
    }

    @Override
    public @Nullable String kind(PlayerId who, MemberGoods goods, long item) {
        String kind = live.kind(who, goods, item);
        items.put(new Item(who, item), kind);
        return kind;
    }

    @Override
    public boolean brings(PlayerId who, long item) {
        boolean brings = live.brings(who, item);
        if (brings) {
            coming.add(new Item(who, item));
        }
        return brings;
    }

    @Override
    public Kept durable(PlayerId who, MemberGoods goods, String key) {
        Kept durable = live.durable(who, goods, key);
        Commit.Value written = live.value(who, key);
        values.put(
                new ValueKey(who, key), written == null ? durable : new Kept(written.value(), written.seenVersion()));
        return durable;
    }

    @Override
    public Commit.@Nullable Value value(PlayerId holder, String key) {
        return live.value(holder, key);
    }

    /** All of it, in the order of the first looks. */
    List<RecordedRead> reads() {
        List<RecordedRead> reads = new ArrayList<>();
        counts.forEach((stack, count) -> reads.add(of(stack.holder())
                .setCount(RecordedCount.newBuilder().setKind(stack.kind()).setCount(count))
                .build()));
        inventories.forEach((holder, kinds) -> reads.add(of(holder)
                .setItems(RecordedItems.newBuilder().putAllKinds(kinds))
                .build()));
        items.forEach((item, kind) -> reads.add(of(item.holder())
                .setItem(RecordedItem.newBuilder()
                        .setItem(item.item())
                        .setKind(kind == null ? "" : kind)
                        .setComing(coming.contains(item)))
                .build()));
        values.forEach((value, kept) -> reads.add(of(value.holder())
                .setValue(RecordedValue.newBuilder()
                        .setKey(value.key())
                        .setValue(kept.value())
                        .setVersion(kept.version()))
                .build()));
        return reads;
    }

    private static RecordedRead.Builder of(AccountId holder) {
        return RecordedRead.newBuilder().setAccount(holder.toString());
    }
}
