package tavern.server.store.embedded;

import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import tavern.server.game.Goods;
import tavern.server.game.Inventory;
import tavern.server.game.Player;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Sanction;

/** One player as the current transaction sees them, and what of it is not yet written. The writer's. */
final class Account {
    private final Player player;
    private final SortedMap<String, Long> stacks;
    private final SortedMap<Long, String> items;
    private final Set<String> changedKinds = new HashSet<>();
    private long version;
    private long bannedUntilMillis;
    private long mutedUntilMillis;
    private String banReason;

    Account(PlayerRecord stored) {
        player = stored.player();
        stacks = new TreeMap<>(stored.inventory().stacks());
        items = new TreeMap<>(stored.inventory().items());
        version = stored.inventory().version();
        bannedUntilMillis = stored.bannedUntilMillis();
        mutedUntilMillis = stored.mutedUntilMillis();
        banReason = stored.banReason();
    }

    Player player() {
        return player;
    }

    long id() {
        return player.id().value();
    }

    long version() {
        return version;
    }

    long count(String kind) {
        return stacks.getOrDefault(kind, 0L);
    }

    boolean owns(long item) {
        return items.containsKey(item);
    }

    boolean ownsAll(SortedSet<Long> ids) {
        return items.keySet().containsAll(ids);
    }

    boolean has(Goods goods) {
        for (Map.Entry<String, Long> stack : goods.stacks().entrySet()) {
            if (count(stack.getKey()) < stack.getValue()) {
                return false;
            }
        }
        return ownsAll(goods.items());
    }

    /** Whether no count passes 2^63-1 by giving, which it {@link #has}, and then receiving. */
    boolean canHold(Goods giving, Goods receiving) {
        for (Map.Entry<String, Long> stack : receiving.stacks().entrySet()) {
            long left = count(stack.getKey()) - giving.stacks().getOrDefault(stack.getKey(), 0L);
            if (left > Long.MAX_VALUE - stack.getValue()) {
                return false;
            }
        }
        return true;
    }

    /** Gives away what it {@link #has}; returns the items with their kinds. */
    SortedMap<Long, String> take(Goods goods) {
        goods.stacks().forEach((kind, count) -> add(kind, -count));
        SortedMap<Long, String> taken = new TreeMap<>();
        for (Long item : goods.items()) {
            taken.put(item, takeItem(item));
        }
        return taken;
    }

    void put(SortedMap<String, Long> received, SortedMap<Long, String> receivedItems) {
        received.forEach(this::add);
        items.putAll(receivedItems);
    }

    /** @throws ArithmeticException when the sum is negative or passes 2^63-1: check before */
    void add(String kind, long delta) {
        long sum = Math.addExact(count(kind), delta);
        if (sum < 0) {
            throw new ArithmeticException("player " + player.id() + " would have " + sum + " " + kind);
        }
        if (sum == 0) {
            stacks.remove(kind);
        } else {
            stacks.put(kind, sum);
        }
        changedKinds.add(kind);
    }

    void putItem(long item, String kind) {
        items.put(item, kind);
    }

    String takeItem(long item) {
        return Objects.requireNonNull(items.remove(item), () -> "player " + player.id() + " has no item " + item);
    }

    void grow() {
        version++;
    }

    void sanction(Sanction sanction) {
        switch (sanction.kind()) {
            case BAN -> {
                bannedUntilMillis = sanction.untilMillis();
                banReason = sanction.reason();
            }
            case MUTE -> mutedUntilMillis = sanction.untilMillis();
        }
    }

    /** Kinds whose counts are not yet written. */
    Set<String> changedKinds() {
        return changedKinds;
    }

    Inventory inventory() {
        return new Inventory(stacks, items, version);
    }

    PlayerRecord stored() {
        return new PlayerRecord(player, inventory(), bannedUntilMillis, mutedUntilMillis, banReason);
    }
}
