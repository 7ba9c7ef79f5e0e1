package tavern.server.game.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Goods;
import tavern.server.game.Inventory;
import tavern.server.game.PlayerId;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.TestGame;
import tavern.server.game.TradeId;

/** The simplest store that is right: everything in maps, one request after another. */
final class StoreModel {
    static final long START_COUNT = 1_000;
    static final int ITEMS = 2 * Schedules.PLAYERS;

    private final Map<PlayerId, Inventory> inventories = new HashMap<>();
    private final Map<TradeId, SettledTrade> trades = new HashMap<>();
    private final Map<String, Long> granted = new TreeMap<>();

    StoreModel() {
        for (int number = 1; number <= Schedules.PLAYERS; number++) {
            TreeMap<Long, String> items = new TreeMap<>();
            items.put(2L * number - 1, "sword");
            items.put(2L * number, "shield");
            inventories.put(TestGame.player(number).id(), new Inventory(new TreeMap<>(), items, 1));
            grant(TestGame.player(number).id(), "gold", START_COUNT);
            grant(TestGame.player(number).id(), "potion", START_COUNT);
        }
    }

    Inventory inventory(PlayerId player) {
        return inventories.getOrDefault(player, Inventory.EMPTY);
    }

    @Nullable
    SettledTrade find(TradeId id) {
        return trades.get(id);
    }

    void grant(PlayerId player, String kind, long count) {
        Inventory old = inventory(player);
        if (old.count(kind) + count < 0) {
            return;
        }
        inventories.put(player, changed(old, Goods.of(kind, count), Goods.NONE, Map.of()));
        granted.merge(kind, count, Math::addExact);
    }

    /** The first outcome; the inventories are only in the answer to the commit itself. */
    SettledTrade settle(Settlement wish, long nowMillis) {
        SettledTrade first = trades.get(wish.id());
        if (first != null) {
            return first;
        }
        Inventory proposer = inventory(wish.proposer().id());
        Inventory partner = inventory(wish.partner().id());
        Goods give = wish.terms().give();
        Goods want = wish.terms().want();
        if (wish.outcome() != TradeOutcome.COMMITTED) {
            return remember(wish, wish.outcome(), ErrorCode.OK, nowMillis);
        }
        if (!has(proposer, give) || !has(partner, want)) {
            return remember(wish, TradeOutcome.FAILED, ErrorCode.TRADE_INSUFFICIENT, nowMillis);
        }
        Inventory proposerAfter = changed(proposer, want, give, partner.items());
        Inventory partnerAfter = changed(partner, give, want, proposer.items());
        inventories.put(wish.proposer().id(), proposerAfter);
        inventories.put(wish.partner().id(), partnerAfter);
        SettledTrade done = remember(wish, TradeOutcome.COMMITTED, ErrorCode.OK, nowMillis);
        return new SettledTrade(
                done.id(),
                done.proposer(),
                done.partner(),
                done.terms(),
                done.outcome(),
                done.reason(),
                done.atMillis(),
                proposerAfter,
                partnerAfter);
    }

    /** Null when all that was ever granted is there, once, and nobody owes anything. */
    @Nullable
    String differences() {
        Map<String, Long> sums = new TreeMap<>();
        List<Long> items = new ArrayList<>();
        for (Inventory inventory : inventories.values()) {
            inventory.stacks().forEach((kind, count) -> sums.merge(kind, count, Math::addExact));
            items.addAll(inventory.items().keySet());
            if (inventory.stacks().values().stream().anyMatch(count -> count <= 0)) {
                return "a count is not positive: " + inventory;
            }
        }
        if (!sums.equals(granted)) {
            return "granted " + granted + " but owned " + sums;
        }
        return items.size() == ITEMS && items.stream().distinct().count() == ITEMS ? null : "items owned: " + items;
    }

    private SettledTrade remember(Settlement wish, TradeOutcome outcome, ErrorCode reason, long nowMillis) {
        SettledTrade settled = new SettledTrade(
                wish.id(), wish.proposer(), wish.partner(), wish.terms(), outcome, reason, nowMillis, null, null);
        trades.put(wish.id(), settled);
        return settled;
    }

    static boolean has(Inventory inventory, Goods goods) {
        return inventory.items().keySet().containsAll(goods.items())
                && goods.stacks().entrySet().stream().allMatch(e -> inventory.count(e.getKey()) >= e.getValue());
    }

    private static Inventory changed(Inventory old, Goods in, Goods out, Map<Long, String> itemKinds) {
        TreeMap<String, Long> stacks = new TreeMap<>(old.stacks());
        TreeMap<Long, String> items = new TreeMap<>(old.items());
        out.stacks().forEach((kind, count) -> stacks.merge(kind, -count, Math::addExact));
        in.stacks().forEach((kind, count) -> stacks.merge(kind, count, Math::addExact));
        stacks.values().removeIf(count -> count == 0);
        out.items().forEach(items::remove);
        in.items().forEach(item -> items.put(item, itemKinds.getOrDefault(item, "?")));
        return new Inventory(stacks, items, old.version() + 1);
    }
}
