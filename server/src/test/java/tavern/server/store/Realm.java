package tavern.server.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.books.Conservation;
import tavern.server.books.ConservationCheck;
import tavern.server.game.Inventory;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.Terms;
import tavern.server.game.TradeId;
import tavern.server.time.MonotonicClock;

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
        this.fence = acquire(store, ROOM);
    }

    /** Forgets outcomes from before a time, as exactly as the clocks of store and test go together. */
    public static boolean forgetOutcomes(Store store, long beforeMillis, int max) {
        long now = System.currentTimeMillis();
        return await(store.forgetOutcomes(now - beforeMillis, now, max));
    }

    /** The room's fence, for an owner that nobody competes with. */
    public static long acquire(LeaseStore store, RoomId room) {
        LeaseAnswer answer = await(store.acquireLease(LeaseKey.room(room), "test@127.0.0.1:1", 60_000));
        return ((LeaseAnswer.Granted) answer).fence();
    }

    public long fence() {
        return fence;
    }

    public Transaction.RoomFence roomFence() {
        return new Transaction.RoomFence(ROOM, fence);
    }

    public Player open(String name) {
        return await(store.openPlayer(name, Goods.NONE, List.of(), null, NOW)).player();
    }

    public Player open(String name, String kind, long count) {
        return await(store.openPlayer(name, Goods.of(kind, count), List.of(), null, NOW))
                .player();
    }

    public long item(Player owner, String kind) {
        Grant grant = new Grant(new TreeMap<>(), List.of(kind), new TreeSet<>());
        return Objects.requireNonNull(await(grant(store, owner.id(), grant, "item-" + UUID.randomUUID(), NOW))
                        .change())
                .itemsIn()
                .lastKey();
    }

    /** Lets goods come out of a mint. */
    public void give(Mint mint, Player to, Goods goods) {
        Transaction gift = TransactionDraft.transaction("gift:" + UUID.randomUUID())
                .leg(mint, to.id(), goods)
                .build();
        if (!await(store.transact(gift)).isCommitted()) {
            throw new IllegalStateException("the gift was refused");
        }
    }

    public Inventory inventory(Player player) {
        return await(store.findPlayer(player.id())).orElseThrow().inventory();
    }

    public static Settlement wish(Player from, Player to, Goods give, Goods want) {
        return wish(newUuid(), from, to, give, want, TradeOutcome.COMMITTED);
    }

    /** A UUIDv7, as clients make them. */
    public static UUID newUuid() {
        return TransactionDraft.uuidOf(NOW, UUID.randomUUID().getMostSignificantBits());
    }

    public static Settlement wish(UUID uuid, Player from, Player to, Goods give, Goods want, TradeOutcome outcome) {
        return new Settlement(new TradeId(from.id(), uuid), from, to, new Terms(give, want), outcome);
    }

    public CompletionStage<SettledTrade> ask(Settlement wish, @Nullable OutboxEvent event) {
        return settle(store, wish, ROOM, fence, event);
    }

    public SettledTrade settle(Settlement wish) {
        return await(ask(wish, null));
    }

    /** Ends a trade as a room does. */
    public static CompletionStage<SettledTrade> settle(
            AccountStore store, Settlement wish, RoomId room, long fence, @Nullable OutboxEvent event) {
        return Stages.begin(() -> store.transact(TradeTransactions.of(wish, room, fence, NOW, event)))
                .thenApply(result -> TradeTransactions.settled(wish, result));
    }

    /** Returns how a trade ended; empty if the id was never settled. */
    public static CompletionStage<Optional<SettledTrade>> findTrade(AccountStore store, TradeId id) {
        return findTradeRecord(store, id).thenApply(found -> found.map(TradeRecord::trade));
    }

    public static CompletionStage<Optional<TradeRecord>> findTradeRecord(AccountStore store, TradeId id) {
        return store.findOutcome(TradeTransactions.id(id))
                .thenApply(found -> found.map(result -> TradeTransactions.record(id, result)));
    }

    /** Gives and takes goods as an operator does. */
    public static CompletionStage<GrantAnswer> grant(
            AccountStore store, PlayerId player, Grant grant, String reference, long nowMillis) {
        return Stages.begin(() -> store.transact(GrantTransactions.of(player, grant, reference, nowMillis)))
                .thenApply(result -> GrantTransactions.answer(player, grant, reference, result));
    }

    public static CompletionStage<Optional<GrantRecord>> findGrant(AccountStore store, String reference) {
        return store.findOutcome(GrantTransactions.id(reference))
                .thenApply(found -> found.map(GrantTransactions::record));
    }

    public static Grant stacks(String kind, long delta) {
        return new Grant(new TreeMap<>(Map.of(kind, delta)), List.of(), new TreeSet<>());
    }

    /** Whether all goods are accounted for. */
    public static Conservation check(Store store) {
        try {
            Path folder = Files.createTempDirectory("tavern-check-");
            try {
                return ConservationCheck.of(store, folder, MonotonicClock.system(), Realm::await);
            } finally {
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the answer; a failure is thrown as {@link java.util.concurrent.CompletionException}. */
    public static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
