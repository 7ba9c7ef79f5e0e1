package tavern.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tavern.game.AccountId;
import tavern.game.Goods;
import tavern.game.Names;
import tavern.game.PlayerId;

/**
 * The goods that one turn moves, as few transfers as possible: what goes to and fro between two accounts is set off, since
 * the store lets all goods of a transaction leave before any arrive.
 */
final class TurnGoods {
    /** @param kind null if it is not known here */
    record ItemMove(long item, @Nullable String kind, AccountId from, AccountId to) {}

    private record Way(AccountId from, AccountId to) {
        Way back() {
            return new Way(to, from);
        }
    }

    private static final class Load {
        final TreeMap<String, Long> stacks = new TreeMap<>();
        final TreeSet<Long> items = new TreeSet<>();
        final List<String> made = new ArrayList<>();

        int size() {
            return stacks.size() + items.size() + made.size();
        }
    }

    /** Signed: what goes from the first account of the way to the second. */
    private final Map<Way, TreeMap<String, Long>> stacks = new LinkedHashMap<>();

    private final Map<Long, ItemMove> items = new LinkedHashMap<>();
    private final Map<Way, List<String>> made = new LinkedHashMap<>();
    private int madeCount;

    void move(AccountId from, AccountId to, String kind, long count) {
        requireKind(kind);
        if (count <= 0) {
            throw new IllegalArgumentException("not a count that can be moved: " + count + " " + kind);
        }
        Way way = way(from, to);
        TreeMap<String, Long> there = stacks.get(way);
        TreeMap<String, Long> back = there == null ? stacks.get(way.back()) : null;
        if (back != null) {
            back.merge(kind, -count, TurnGoods::sum);
        } else {
            stacks.computeIfAbsent(way, unknown -> new TreeMap<>()).merge(kind, count, TurnGoods::sum);
        }
    }

    /** Returns null for nothing, which removes the kind from the map. */
    private static @Nullable Long sum(long one, long other) {
        long sum = Math.addExact(one, other);
        return sum == 0 ? null : sum;
    }

    void make(AccountId mint, AccountId to, String kind) {
        requireKind(kind);
        made.computeIfAbsent(way(mint, to), unknown -> new ArrayList<>()).add(kind);
        madeCount++;
        Bounds.require("goods that a turn moves", madeCount, EngineLimits.GOODS_MAX);
    }

    /** @param kind of the item, if it is known */
    void move(AccountId from, AccountId to, long item, @Nullable String kind) {
        way(from, to);
        ItemMove before = items.get(item);
        if (before != null && !before.to().equals(from)) {
            throw new IllegalArgumentException(
                    "item " + item + " went to " + before.to() + " in this turn; it is not with " + from);
        }
        AccountId first = before == null ? from : before.from();
        if (first.equals(to)) {
            items.remove(item);
        } else {
            items.put(item, new ItemMove(item, kind, first, to));
        }
    }

    private static Way way(AccountId from, AccountId to) {
        if (from.equals(to)) {
            throw new IllegalArgumentException("goods that go from " + from + " to itself");
        }
        return new Way(from, to);
    }

    private static void requireKind(String kind) {
        if (!Names.isKind(kind)) {
            throw new IllegalArgumentException("not a kind of goods: " + kind);
        }
    }

    /** What the turn has so far moved of this item; null for nothing. */
    @Nullable
    ItemMove moved(long item) {
        return items.get(item);
    }

    List<ItemMove> itemMoves() {
        return List.copyOf(items.values());
    }

    /** How much an account has got in this turn, less what it has given. */
    long change(AccountId who, String kind) {
        long change = 0;
        for (var way : stacks.entrySet()) {
            long count = way.getValue().getOrDefault(kind, 0L);
            if (way.getKey().to().equals(who)) {
                change = Math.addExact(change, count);
            } else if (way.getKey().from().equals(who)) {
                change = Math.subtractExact(change, count);
            }
        }
        return change;
    }

    /** How much an account gives in this turn, whatever it gets. */
    long given(PlayerId who, String kind) {
        long given = 0;
        for (var way : stacks.entrySet()) {
            long count = way.getValue().getOrDefault(kind, 0L);
            if (way.getKey().from().equals(who) && count > 0) {
                given = Math.addExact(given, count);
            } else if (way.getKey().to().equals(who) && count < 0) {
                given = Math.subtractExact(given, count);
            }
        }
        return given;
    }

    List<Commit.Transfer> transfers() {
        Map<Way, Load> loads = new LinkedHashMap<>();
        stacks.forEach((way, counts) -> counts.forEach((kind, count) -> {
            if (count > 0) {
                load(loads, way).stacks.put(kind, count);
            } else {
                load(loads, way.back()).stacks.put(kind, Math.negateExact(count));
            }
        }));
        items.values()
                .forEach(move ->
                        load(loads, new Way(move.from(), move.to())).items.add(move.item()));
        made.forEach((way, kinds) -> load(loads, way).made.addAll(kinds));
        Bounds.require("legs of a turn", loads.size(), EngineLimits.LEGS_MAX);
        Bounds.require(
                "goods that a turn moves",
                loads.values().stream().mapToInt(Load::size).sum(),
                EngineLimits.GOODS_MAX);
        List<Commit.Transfer> transfers = new ArrayList<>(loads.size());
        loads.forEach((way, load) -> transfers.add(
                new Commit.Transfer(way.from(), way.to(), new Goods(load.stacks, load.items), load.made)));
        return transfers;
    }

    private static Load load(Map<Way, Load> loads, Way way) {
        return loads.computeIfAbsent(way, unknown -> new Load());
    }
}
