package tavern.server.game.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tavern.game.Goods;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.GoodsChange;
import tavern.server.game.Inventory;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.TestGame;
import tavern.server.game.TradeId;

/** The simplest correct store: everything is in maps, one request at a time. */
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

    /** Returns null when the player has not got what is taken back. */
    @Nullable
    GoodsChange grant(PlayerId player, String kind, long count) {
        Inventory old = inventory(player);
        if (old.count(kind) + count < 0) {
            return null;
        }
        Inventory after = changed(old, Goods.of(kind, count), Goods.NONE, Map.of());
        inventories.put(player, after);
        granted.merge(kind, count, Math::addExact);
        return change(after, Goods.of(kind, count), Goods.NONE);
    }

    /** Settles a trade and returns its first outcome; only the answer to the commit itself has the inventories. */
    SettledTrade settle(Settlement settlement, long nowMillis) {
        SettledTrade first = trades.get(settlement.id());
        if (first != null) {
            return first;
        }
        Inventory proposer = inventory(settlement.proposer().id());
        Inventory partner = inventory(settlement.partner().id());
        Goods give = settlement.terms().give();
        Goods want = settlement.terms().want();
        if (settlement.outcome() != TradeOutcome.COMMITTED) {
            return remember(settlement, settlement.outcome(), ErrorCode.OK, nowMillis);
        }
        if (!has(proposer, give) || !has(partner, want)) {
            return remember(settlement, TradeOutcome.FAILED, ErrorCode.TRADE_INSUFFICIENT, nowMillis);
        }
        Inventory proposerAfter = changed(proposer, want, give, partner.items());
        Inventory partnerAfter = changed(partner, give, want, proposer.items());
        inventories.put(settlement.proposer().id(), proposerAfter);
        inventories.put(settlement.partner().id(), partnerAfter);
        SettledTrade done = remember(settlement, TradeOutcome.COMMITTED, ErrorCode.OK, nowMillis);
        return new SettledTrade(
                done.id(),
                done.proposer(),
                done.partner(),
                done.terms(),
                done.outcome(),
                done.reason(),
                done.atMillis(),
                change(proposerAfter, want, give),
                change(partnerAfter, give, want));
    }

    private static GoodsChange change(Inventory after, Goods in, Goods out) {
        TreeMap<String, Long> counts = new TreeMap<>();
        in.stacks().keySet().forEach(kind -> counts.put(kind, after.count(kind)));
        out.stacks().keySet().forEach(kind -> counts.put(kind, after.count(kind)));
        TreeMap<Long, String> items = new TreeMap<>();
        in.items().forEach(item -> items.put(item, after.items().getOrDefault(item, "?")));
        return new GoodsChange(after.version(), counts, items, out.items());
    }

    /** Returns null when everything ever granted exists exactly once and no count is negative. */
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

    private SettledTrade remember(Settlement settlement, TradeOutcome outcome, ErrorCode reason, long nowMillis) {
        SettledTrade settled = new SettledTrade(
                settlement.id(),
                settlement.proposer(),
                settlement.partner(),
                settlement.terms(),
                outcome,
                reason,
                nowMillis,
                null,
                null);
        trades.put(settlement.id(), settled);
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
