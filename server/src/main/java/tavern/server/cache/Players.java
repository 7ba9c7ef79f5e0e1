package tavern.server.cache;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import tavern.server.game.Goods;
import tavern.server.game.Inventory;
import tavern.server.game.Player;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Store;
import tavern.server.store.StoreUnavailableException;

/**
 * Player records in front of the store: one load for many waiters, a bounded number of them, and of two inventories
 * the newer one stays. Any thread; nothing blocks.
 */
public final class Players {
    private static final int RECORDS_MAX = 100_000;
    private static final Duration KEPT_UNUSED = Duration.ofMinutes(10);
    /** Shorter than the time to say Hello, so that a client hears of it. */
    private static final long LOAD_SECONDS_MAX = 2;

    private final Store store;
    private final AsyncLoadingCache<String, PlayerRecord> byName;

    /** @param starterStacks what a player gets who was never here @param starterItems kinds of unique items, likewise */
    public Players(Store store, Goods starterStacks, List<String> starterItems, InstantSource clock) {
        this.store = store;
        this.byName = Caffeine.newBuilder()
                .maximumSize(RECORDS_MAX)
                .expireAfterAccess(KEPT_UNUSED)
                // Maintenance is short and must not wait for the common pool, which others may fill.
                .executor(Runnable::run)
                .buildAsync((name, executor) ->
                        bounded(store.openPlayer(name, starterStacks, starterItems, clock.millis())));
    }

    /** The player of this name; one that was never here is made. Fails with {@link StoreUnavailableException}. */
    public CompletableFuture<PlayerRecord> open(String name) {
        return byName.get(name);
    }

    /** The player of this name, if there ever was one. */
    public CompletionStage<Optional<PlayerRecord>> find(String name) {
        CompletableFuture<PlayerRecord> known = byName.getIfPresent(name);
        return known != null ? known.thenApply(Optional::of) : bounded(store.findPlayer(name));
    }

    /** The store has said what the player owns. Ignored when something newer is known. */
    public void update(String name, Inventory inventory) {
        byName.asMap().computeIfPresent(name, (key, loading) -> loading.thenApply(record -> newer(record, inventory)));
    }

    /** The store has said what an operator allows the player. */
    public void sanctioned(PlayerRecord sanctioned) {
        byName.asMap()
                .computeIfPresent(
                        sanctioned.player().name(),
                        (key, loading) -> loading.thenApply(record -> {
                            boolean newer = sanctioned.inventory().version()
                                    >= record.inventory().version();
                            Inventory inventory = newer ? sanctioned.inventory() : record.inventory();
                            return new PlayerRecord(
                                    sanctioned.player(),
                                    inventory,
                                    sanctioned.bannedUntilMillis(),
                                    sanctioned.mutedUntilMillis(),
                                    sanctioned.banReason());
                        }));
    }

    /** Asks the store again, and keeps the answer. */
    public CompletionStage<Inventory> refresh(Player player) {
        return bounded(store.findPlayer(player.id()).thenApply(found -> {
            Inventory inventory = found.orElseThrow().inventory();
            update(player.name(), inventory);
            return inventory;
        }));
    }

    private static PlayerRecord newer(PlayerRecord record, Inventory inventory) {
        return inventory.version() <= record.inventory().version()
                ? record
                : new PlayerRecord(
                        record.player(),
                        inventory,
                        record.bannedUntilMillis(),
                        record.mutedUntilMillis(),
                        record.banReason());
    }

    /** A load that never ends would keep its key for ever. */
    private static <T> CompletableFuture<T> bounded(CompletionStage<T> load) {
        return load.toCompletableFuture().copy().orTimeout(LOAD_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
