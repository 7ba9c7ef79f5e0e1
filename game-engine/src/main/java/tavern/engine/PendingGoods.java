package tavern.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tavern.game.AccountId;
import tavern.game.Kept;
import tavern.game.PlayerId;

/** What the turns whose commits are under way do to players' goods and values. */
final class PendingGoods implements SeenGoods {
    private record Stack(AccountId holder, String kind) {}

    private record ValueKey(PlayerId holder, String key) {}

    /**
     * What comes and what goes, apart: neither sum gets larger when a turn is taken out, so what could be added can be removed.
     */
    private record Flow(long in, long out) {
        static final Flow NONE = new Flow(0, 0);

        Flow plus(long moreIn, long moreOut) {
            return new Flow(Math.addExact(in, moreIn), Math.addExact(out, moreOut));
        }
    }

    private final Map<Stack, Flow> flows = new HashMap<>();
    private final Deque<TurnGoods.ItemMove> itemMoves = new ArrayDeque<>();
    private final Map<ValueKey, Commit.Value> values = new HashMap<>();

    /** @throws ArithmeticException when it is more than can be counted; then nothing is added */
    void add(TurnEffects effects) {
        count(effects.transfers(), 1);
        itemMoves.addAll(effects.itemMoves());
        effects.values().forEach(value -> values.put(new ValueKey(value.holder(), value.key()), value));
    }

    /** Is no longer under way: the oldest. */
    void remove(TurnEffects effects) {
        count(effects.transfers(), -1);
        effects.itemMoves().forEach(move -> itemMoves.remove());
        effects.values().forEach(value -> values.remove(new ValueKey(value.holder(), value.key())));
    }

    void clear() {
        flows.clear();
        itemMoves.clear();
        values.clear();
    }

    private void count(List<Commit.Transfer> transfers, int sign) {
        Map<Stack, Flow> changed = new HashMap<>();
        for (Commit.Transfer transfer : transfers) {
            transfer.goods().stacks().forEach((kind, count) -> {
                change(changed, transfer.from(), kind, 0, sign * count);
                change(changed, transfer.to(), kind, sign * count, 0);
            });
        }
        changed.forEach((stack, flow) -> {
            if (flow.equals(Flow.NONE)) {
                flows.remove(stack);
            } else {
                flows.put(stack, flow);
            }
        });
    }

    private void change(Map<Stack, Flow> changed, AccountId holder, String kind, long in, long out) {
        if (holder instanceof PlayerId) {
            Stack stack = new Stack(holder, kind);
            Flow before = changed.getOrDefault(stack, flows.getOrDefault(stack, Flow.NONE));
            changed.put(stack, before.plus(in, out));
        }
    }

    @Override
    public long count(AccountId who, MemberGoods goods, String kind) {
        Flow flow = flows.getOrDefault(new Stack(who, kind), Flow.NONE);
        return Math.addExact(goods.count(kind), flow.in() - flow.out());
    }

    @Override
    public Map<Long, String> items(AccountId who, MemberGoods goods, List<TurnGoods.ItemMove> ofThisTurn) {
        Map<Long, String> durable = goods.items();
        if (itemMoves.isEmpty() && ofThisTurn.isEmpty()) {
            return durable;
        }
        Map<Long, String> items = new TreeMap<>(durable);
        itemMoves.forEach(move -> apply(move, who, items));
        ofThisTurn.forEach(move -> apply(move, who, items));
        return items;
    }

    static void apply(TurnGoods.ItemMove move, AccountId who, Map<Long, String> items) {
        if (move.from().equals(who)) {
            items.remove(move.item());
        } else if (move.to().equals(who) && move.kind() != null) {
            items.put(move.item(), move.kind());
        }
    }

    @Override
    public @Nullable String kind(PlayerId who, MemberGoods goods, long item) {
        return items(who, goods, List.of()).get(item);
    }

    @Override
    public boolean brings(PlayerId who, long item) {
        boolean brings = false;
        for (TurnGoods.ItemMove move : itemMoves) {
            if (move.item() == item) {
                brings = move.to().equals(who);
            }
        }
        return brings;
    }

    @Override
    public Kept durable(PlayerId who, MemberGoods goods, String key) {
        return goods.kept(key);
    }

    @Override
    public Commit.@Nullable Value value(PlayerId holder, String key) {
        return values.get(new ValueKey(holder, key));
    }
}
