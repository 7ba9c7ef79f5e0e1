package tavern.server.cache;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineStatsCounter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.game.Goods;
import tavern.server.game.Inventory;
import tavern.server.game.Player;
import tavern.server.game.PlayerId;
import tavern.server.store.Causes;
import tavern.server.store.ChangeListener;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Store;
import tavern.server.store.StoreUnavailableException;

/**
 * Player records in front of the store: one load for many waiters, a bounded number of them, and of two inventories
 * the newer one stays. What others change is forgotten here when the store says so, but kept aside: while the store is
 * silent, an old record is better than none, since no trade commits by it. Any thread; nothing blocks.
 */
public final class Players implements ChangeListener {
    private static final Logger log = LoggerFactory.getLogger(Players.class);
    private static final int RECORDS_MAX = 100_000;
    private static final Duration KEPT_UNUSED = Duration.ofMinutes(10);
    /** Shorter than the time to say Hello, so that a client hears of it. */
    private static final long LOAD_SECONDS_MAX = 2;
    /** A store that is gone is asked once in this time for each player, however often clients try. */
    private static final Duration FAILURE_KEPT = Duration.ofSeconds(1);
    /** Records of those who are here, read again at the same time. */
    private static final int REFRESHES_MAX = 16;

    private final Store store;
    private final AsyncLoadingCache<String, PlayerRecord> byName;
    private final Cache<String, Throwable> failed;
    private final Cache<String, PlayerRecord> outdated;
    /** Of the records in {@link #byName}; changed within its own operations, so that the two agree. */
    private final Map<PlayerId, String> names = new ConcurrentHashMap<>();
    /** Changes of players who are not in {@link #names}: one of them may be loading just now. */
    private final AtomicLong unknownChanges = new AtomicLong();

    private final Refreshes refreshes = new Refreshes(REFRESHES_MAX);
    private volatile @Nullable PresentPlayers present;

    /** @param starterStacks what a player gets who was never here @param starterItems kinds of unique items, likewise */
    public Players(
            Store store, Goods starterStacks, List<String> starterItems, InstantSource clock, MeterRegistry metrics) {
        this.store = store;
        this.byName = records(clock)
                .evictionListener(
                        (@Nullable Object name, @Nullable Object record, RemovalCause cause) -> forget(record))
                .recordStats(() -> new CaffeineStatsCounter(metrics, "tavern.cache.players"))
                .buildAsync((name, executor) ->
                        load(name, store.openPlayer(name, starterStacks, starterItems, clock.millis())));
        this.outdated = records(clock).build();
        this.failed = records(clock).expireAfterWrite(FAILURE_KEPT).build();
        store.listen(this);
    }

    private static Caffeine<Object, Object> records(InstantSource clock) {
        return Caffeine.newBuilder()
                .maximumSize(RECORDS_MAX)
                .expireAfterAccess(KEPT_UNUSED)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                // Maintenance is short and must not wait for the common pool, which others may fill.
                .executor(Runnable::run);
    }

    /** Hears from now on what others have changed of those who are here. */
    public void tell(PresentPlayers players) {
        present = players;
    }

    /** The player of this name; one that was never here is made. Fails with {@link StoreUnavailableException}. */
    public CompletableFuture<PlayerRecord> open(String name) {
        Throwable failure = failed.getIfPresent(name);
        CompletableFuture<PlayerRecord> record =
                failure != null && !byName.asMap().containsKey(name)
                        ? CompletableFuture.failedFuture(failure)
                        : byName.get(name);
        return record.isCompletedExceptionally() || !record.isDone()
                ? record.exceptionally(silent -> outdated(name, silent))
                : record;
    }

    private PlayerRecord outdated(String name, Throwable silent) {
        PlayerRecord old = outdated.getIfPresent(name);
        if (old == null) {
            Throwable cause = Causes.of(silent);
            throw new CompletionException(
                    cause instanceof Unread unread ? Objects.requireNonNull(unread.getCause()) : cause);
        }
        return old;
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

    /** What is known of the player may be old: the store is asked the next time. */
    public void forget(Player player) {
        drop(player.name());
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

    // ---- loading ----

    private CompletableFuture<PlayerRecord> load(String name, CompletionStage<PlayerRecord> load) {
        long changesBefore = unknownChanges.get();
        CompletableFuture<PlayerRecord> loaded = new CompletableFuture<>();
        bounded(load).whenComplete((record, failure) -> {
            if (failure != null) {
                Throwable cause = Causes.of(failure);
                failed.put(name, cause);
                loaded.completeExceptionally(new Unread(cause));
                return;
            }
            failed.invalidate(name);
            outdated.invalidate(name);
            names.put(record.player().id(), name);
            loaded.complete(record);
            if (unknownChanges.get() != changesBefore) {
                // Perhaps it was this one that changed, after it was read.
                drop(name);
            }
        });
        return loaded;
    }

    /** Of the kind that Caffeine does not log with a stack trace for each: an outage must not fill the log. */
    private static final class Unread extends TimeoutException {
        private static final long serialVersionUID = 1;

        Unread(Throwable cause) {
            super(cause.getMessage());
            initCause(cause);
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    /** A load that never ends would keep its key for ever. */
    private static <T> CompletableFuture<T> bounded(CompletionStage<T> load) {
        return load.toCompletableFuture().copy().orTimeout(LOAD_SECONDS_MAX, TimeUnit.SECONDS);
    }

    private void forget(@Nullable Object gone) {
        if (gone instanceof PlayerRecord record) {
            names.remove(record.player().id());
        }
    }

    // ---- what others change ----

    @Override
    public void playerChanged(PlayerId player) {
        String name = names.get(player);
        if (name == null) {
            unknownChanges.incrementAndGet();
        } else {
            drop(name);
        }
        PresentPlayers here = present;
        if (name != null && here != null && here.isHere(player)) {
            refresh(new Player(player, name), here);
        }
    }

    @Override
    public void announced(String text) {
        PresentPlayers here = present;
        if (here != null) {
            here.announced(text);
        }
    }

    @Override
    public void allChanged() {
        unknownChanges.incrementAndGet();
        byName.asMap().keySet().forEach(this::drop);
        PresentPlayers here = present;
        if (here != null) {
            here.all().forEach(player -> refresh(player, here));
        }
    }

    private void drop(String name) {
        byName.asMap().computeIfPresent(name, (key, loaded) -> {
            if (loaded.isDone() && !loaded.isCompletedExceptionally()) {
                PlayerRecord record = loaded.getNow(null);
                outdated.put(name, record);
                forget(record);
            }
            return null;
        });
    }

    private void refresh(Player player, PresentPlayers here) {
        refreshes.add(player.name(), () -> reload(player, here));
    }

    /** Those who are here are told only what is not as they know it, and sooner or later they are. */
    private CompletionStage<?> reload(Player player, PresentPlayers here) {
        PlayerRecord before = outdated.getIfPresent(player.name());
        return byName.get(player.name()).whenComplete((now, failure) -> {
            if (failure != null) {
                log.debug("{} was not read again: {}", player.name(), failure.getMessage());
                if (here.isHere(player.id())) {
                    CompletableFuture.delayedExecutor(FAILURE_KEPT.toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
                            .execute(() -> refresh(player, here));
                }
            } else if (!now.equals(before)) {
                here.changed(now);
            }
        });
    }
}
