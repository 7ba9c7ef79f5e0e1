package tavern.server.store;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Goods;
import tavern.server.game.Inventory;
import tavern.server.game.Player;
import tavern.server.game.RoomId;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.Terms;
import tavern.server.game.TradeId;

/** What tests of a store say over and over, in short. */
public final class Realm {
    public static final RoomId ROOM = new RoomId("hall");
    public static final long NOW = 1_700_000_000_000L;
    public static final OutboxEvent EVENT = new OutboxEvent("trade.main.hall", new byte[] {1, 2, 3});

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Store store;
    private final long fence;

    public Realm(Store store) {
        this.store = store;
        this.fence = acquire(store, ROOM, NOW);
    }

    /** The room's fence, for an owner that nobody competes with. */
    public static long acquire(Store store, RoomId room, long nowMillis) {
        LeaseAnswer answer = await(store.acquireLease(LeaseKey.room(room), "test@127.0.0.1:1", 60_000, nowMillis));
        return ((LeaseAnswer.Granted) answer).fence();
    }

    public long fence() {
        return fence;
    }

    public Player open(String name) {
        return await(store.openPlayer(name, Goods.NONE, List.of(), NOW)).player();
    }

    public Player open(String name, String kind, long count) {
        return await(store.openPlayer(name, Goods.of(kind, count), List.of(), NOW))
                .player();
    }

    public long item(Player owner, String kind) {
        Grant grant = new Grant(new TreeMap<>(), List.of(kind), new TreeSet<>());
        return await(store.grant(owner.id(), grant, "item-" + UUID.randomUUID(), NOW))
                .items()
                .lastKey();
    }

    public Inventory inventory(Player player) {
        return await(store.findPlayer(player.id())).orElseThrow().inventory();
    }

    public static Settlement wish(Player from, Player to, Goods give, Goods want) {
        return wish(UUID.randomUUID(), from, to, give, want, TradeOutcome.COMMITTED);
    }

    public static Settlement wish(UUID uuid, Player from, Player to, Goods give, Goods want, TradeOutcome outcome) {
        return new Settlement(new TradeId(from.id(), uuid), from, to, new Terms(give, want), outcome);
    }

    public CompletionStage<SettledTrade> ask(Settlement wish, @Nullable OutboxEvent event) {
        return store.settle(wish, ROOM, fence, NOW, event);
    }

    public SettledTrade settle(Settlement wish) {
        return await(ask(wish, null));
    }

    public static Grant stacks(String kind, long delta) {
        return new Grant(new TreeMap<>(Map.of(kind, delta)), List.of(), new TreeSet<>());
    }

    /** Waits for the answer; a failure is thrown as {@link java.util.concurrent.CompletionException}. */
    public static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
