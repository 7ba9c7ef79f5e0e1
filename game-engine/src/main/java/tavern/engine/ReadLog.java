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
import tavern.game.Kept;
import tavern.game.PlayerId;

/** Notes what one turn sees, each thing once: it does not change within a turn. */
final class ReadLog implements SeenGoods {
    private record Stack(PlayerId holder, String kind) {}

    private record Item(PlayerId holder, long item) {}

    private record ValueKey(PlayerId holder, String key) {}

    private final SeenGoods live;
    private final Map<Stack, Long> counts = new LinkedHashMap<>();
    private final Map<PlayerId, Map<Long, String>> inventories = new LinkedHashMap<>();
    private final Map<Item, @Nullable String> items = new LinkedHashMap<>();
    private final Set<Item> coming = new LinkedHashSet<>();
    private final Map<ValueKey, Kept> values = new LinkedHashMap<>();

    ReadLog(SeenGoods live) {
        this.live = live;
    }

    @Override
    public long count(Present.Member member, String kind) {
        return counts.computeIfAbsent(new Stack(member.player().id(), kind), unknown -> live.count(member, kind));
    }

    @Override
    public Map<Long, String> items(Present.Member member, List<TurnGoods.ItemMove> ofThisTurn) {
        inventories.computeIfAbsent(member.player().id(), unknown -> Map.copyOf(live.items(member, List.of())));
        return live.items(member, ofThisTurn);
    }

    @Override
    public @Nullable String kind(Present.Member member, long item) {
        String kind = live.kind(member, item);
        items.put(new Item(member.player().id(), item), kind);
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
    public Kept durable(Present.Member member, String key) {
        PlayerId who = member.player().id();
        Kept durable = live.durable(member, key);
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

    private static RecordedRead.Builder of(PlayerId holder) {
        return RecordedRead.newBuilder().setPlayer(holder.value());
    }
}
