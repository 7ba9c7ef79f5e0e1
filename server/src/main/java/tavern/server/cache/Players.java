package tavern.server.cache;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineStatsCounter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.server.game.GoodsChange;
import tavern.server.game.Inventory;
import tavern.server.store.AccountStore;
import tavern.server.store.Causes;
import tavern.server.store.ChangeListener;
import tavern.server.store.OutboxEvent;
import tavern.server.store.PlayerRecord;
import tavern.server.store.ReservedNameException;
import tavern.server.store.StoreUnavailableException;
import tavern.server.time.Clocks;

/**
 * Player records cached in front of the store. Concurrent requests for a player share one load, the number of records
 * is bounded, and of two inventories the newer one wins. A record that the store reports as changed by others is
 * dropped, but kept aside: while the store does not answer, an old record is better than none, since no trade commits
 * based on it. Safe on any thread; methods do not block.
 */
public final class Players implements ChangeListener {
    private static final Logger log = LoggerFactory.getLogger(Players.class);
    private static final int RECORDS_MAX = 100_000;
    private static final Duration KEPT_UNUSED = Duration.ofMinutes(10);
    /** Shorter than the time limit for Hello, so that the client still receives an error. */
    private static final long LOAD_SECONDS_MAX = 2;
    /**
     * While the store does not answer, it is queried for each player at most once in this time, however often clients
     * try.
     */
    private static final Duration FAILURE_KEPT = Duration.ofSeconds(1);
    /** How many records of players on this server may be read again at the same time. */
    private static final int REFRESHES_MAX = 16;

    private final AccountStore store;
    private final AsyncLoadingCache<String, PlayerRecord> byName;
    private final Cache<String, Throwable> failed;
    private final Cache<String, PlayerRecord> outdated;
    /**
     * The names of the players in {@link #byName}; changed only within that map's own operations, so that the two
     * agree.
     */
    private final Map<PlayerId, String> names = new ConcurrentHashMap<>();

    private final RecentChanges changes;

    /**
     * Players erased recently: a load that began before may end after it, and its record must not be set aside. For
     * longer than a load may take.
     */
    private final Cache<PlayerId, Boolean> erased;

    /** Players on this server who must be sent the result of the next load, even if it is the same as before. */
    private final Set<String> owed = ConcurrentHashMap.newKeySet();

    private final Refreshes refreshes = new Refreshes(REFRESHES_MAX);
    private volatile @Nullable PresentPlayers present;

    /**
     * @param starterStacks what a new player receives
     * @param starterItems kinds of the unique items that a new player receives
     * @param starterEvent what the feed publishes about that at a time, or null for nothing
     */
    public Players(
            AccountStore store,
            Goods starterStacks,
            List<String> starterItems,
            LongFunction<@Nullable OutboxEvent> starterEvent,
            Clocks clocks,
            MeterRegistry metrics) {
        this.store = store;
        this.byName = records(clocks)
                .evictionListener(
                        (@Nullable Object name, @Nullable Object record, RemovalCause cause) -> forget(record))
                .recordStats(() -> new CaffeineStatsCounter(metrics, "tavern.cache.players"))
                .buildAsync((name, executor) -> {
                    long nowMillis = clocks.wall().millis();
                    OutboxEvent event = starterEvent.apply(nowMillis);
                    return load(name, store.openPlayer(name, starterStacks, starterItems, event, nowMillis));
                });
        this.outdated = records(clocks).build();
        this.failed = records(clocks).expireAfterWrite(FAILURE_KEPT).build();
        Duration loadsEnd = Duration.ofSeconds(2 * LOAD_SECONDS_MAX);
        this.erased = records(clocks).expireAfterWrite(loadsEnd).build();
        this.changes = new RecentChanges(loadsEnd, clocks.monotonic());
    }

    private static Caffeine<Object, Object> records(Clocks clocks) {
        return Caffeine.newBuilder()
                .maximumSize(RECORDS_MAX)
                .expireAfterAccess(KEPT_UNUSED)
                .ticker(clocks.monotonic())
                // Maintenance is short and must not wait for the common pool, which others may fill.
                .executor(Runnable::run);
    }

    /** From now on, reports to {@code players} what others have changed about players on this server. */
    public void tell(PresentPlayers players) {
        present = players;
    }

    /**
     * Loads the player of this name, and creates one if there is none. Fails with {@link StoreUnavailableException}.
     */
    public CompletableFuture<PlayerRecord> open(String name) {
        CompletableFuture<PlayerRecord> record = current(name);
        return record.isCompletedExceptionally() || !record.isDone()
                ? record.exceptionally(silent -> outdated(name, silent))
                : record;
    }

    /** As {@link #open}, but fails where that returns a record which may be outdated. */
    public CompletableFuture<PlayerRecord> current(String name) {
        Throwable failure = failed.getIfPresent(name);
        return failure != null && !byName.asMap().containsKey(name)
                ? CompletableFuture.failedFuture(failure)
                : byName.get(name);
    }

    private PlayerRecord outdated(String name, Throwable silent) {
        Throwable cause = Causes.of(silent);
        PlayerRecord old = outdated.getIfPresent(name);
        // A name that is reserved is no longer that of the old record.
        if (old == null || cause instanceof ReservedNameException) {
            throw new CompletionException(
                    cause instanceof Unread unread ? Objects.requireNonNull(unread.getCause()) : cause);
        }
        return old;
    }

    /** Returns the record in the cache, or null if there is none or it may be outdated. */
    public @Nullable PlayerRecord known(String name) {
        CompletableFuture<PlayerRecord> record = byName.asMap().get(name);
        return record == null || record.isCompletedExceptionally() ? null : record.getNow(null);
    }

    /** Finds the player of this name; empty if there never was one. */
    public CompletionStage<Optional<PlayerRecord>> find(String name) {
        CompletableFuture<PlayerRecord> known = byName.getIfPresent(name);
        return known != null ? known.thenApply(Optional::of) : bounded(store.findPlayer(name));
    }

    /**
     * Takes over a change that the store has returned. Ignored if the cached inventory is at least as new; one from
     * which changes are missing is read again.
     */
    public void update(Player player, GoodsChange change) {
        CompletableFuture<PlayerRecord> updated = byName.asMap()
                .computeIfPresent(player.name(), (key, loading) -> loading.thenApply(record -> after(record, change)));
        if (updated != null) {
            updated.thenAccept(record -> {
                if (record.inventory().version() < change.version()) {
                    reread(player);
                }
            });
        }
    }

    /** As {@link #update(Player, GoodsChange)}, for a player whose name the caller does not know. */
    public void update(PlayerId player, GoodsChange change) {
        // Noted first: a load that is under way looks for the change after it has published the name.
        changes.add(player);
        String name = names.get(player);
        if (name != null) {
            update(new Player(player, name), change);
        }
    }

    /** Takes over a record that the store has returned with the player's current sanctions. */
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
                                    sanctioned.banMessage());
                        }));
    }

    /** Forgets the cached record: it is read again at the next request. */
    public void outdated(Player player) {
        drop(player.name());
    }

    /**
     * Treats the cached record as outdated: it is read again at the next request, or at once for a player on this
     * server, who is then sent the result.
     */
    public void reread(Player player) {
        drop(player.name());
        PresentPlayers here = present;
        if (here != null && here.find(player.id()) != null) {
            owed.add(player.name());
            refresh(player, here);
        }
    }

    /** Forgets the player's record: the name is nobody's any longer. */
    public void erased(Player player) {
        erased.put(player.id(), true);
        changes.add(player.id());
        drop(player.name());
        outdated.invalidate(player.name());
    }

    private static PlayerRecord after(PlayerRecord record, GoodsChange change) {
        Inventory inventory = record.inventory();
        return change.follows(inventory.version())
                ? new PlayerRecord(
                        record.player(),
                        inventory.after(change),
                        record.bannedUntilMillis(),
                        record.mutedUntilMillis(),
                        record.banMessage())
                : record;
    }

    // ---- loading ----

    private CompletableFuture<PlayerRecord> load(String name, CompletionStage<PlayerRecord> load) {
        long begun = changes.now();
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
            if (changes.isChangedSince(begun, record.player().id())) {
                // The change may have happened after the record was read.
                invalidate(record.player().id(), name);
            }
        });
        return loaded;
    }

    /** Caffeine does not log a {@link TimeoutException} with a stack trace, so that an outage does not fill the log. */
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

    /** Without a time limit, a load that never ends would occupy its key for ever. */
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
        // Noted first: a load that is under way looks for the change after it has published the name.
        changes.add(player);
        invalidate(player, names.get(player));
    }

    @Override
    public void playerErased(PlayerId player) {
        erased.put(player, true);
        playerChanged(player);
        // The record may have been set aside under the name long ago, as when the player was banned.
        outdated.asMap().values().removeIf(record -> record.player().id().equals(player));
    }

    private void invalidate(PlayerId player, @Nullable String name) {
        if (name != null) {
            drop(name);
        }
        // Checked last: a player who arrives at this moment checks the record again afterwards.
        PresentPlayers here = present;
        Player found = here == null ? null : here.find(player);
        if (here != null && found != null) {
            drop(found.name());
            refresh(found, here);
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
        changes.addAll();
        byName.asMap().keySet().forEach(this::drop);
        PresentPlayers here = present;
        if (here != null) {
            here.all().forEach(player -> refresh(player, here));
        }
    }

    private void drop(String name) {
        AtomicReference<@Nullable CompletableFuture<PlayerRecord>> underWay = new AtomicReference<>();
        byName.asMap().computeIfPresent(name, (key, loaded) -> {
            if (!loaded.isDone()) {
                underWay.set(loaded);
            } else if (!loaded.isCompletedExceptionally()) {
                PlayerRecord record = loaded.getNow(null);
                if (erased.getIfPresent(record.player().id()) == null) {
                    outdated.put(name, record);
                }
                forget(record);
            }
            return null;
        });
        CompletableFuture<PlayerRecord> dropped = underWay.get();
        if (dropped != null) {
            dropped.thenAccept(record -> forgetUnlessKept(name, record));
        }
    }

    /** A load that was dropped has noted the name all the same, and nothing evicts what is not in the cache. */
    private void forgetUnlessKept(String name, PlayerRecord record) {
        byName.asMap().compute(name, (key, kept) -> {
            if (kept == null || !kept.isDone() || kept.isCompletedExceptionally()) {
                // A load under way notes it anew.
                forget(record);
            }
            return kept;
        });
    }

    /** The number of records whose player's name is remembered. */
    int names() {
        return names.size();
    }

    private void refresh(Player player, PresentPlayers here) {
        refreshes.add(player.name(), () -> reload(player, here));
    }

    /** Players on this server are told only of actual changes; a load that fails is repeated until it succeeds. */
    private CompletionStage<?> reload(Player player, PresentPlayers here) {
        PlayerRecord before = outdated.getIfPresent(player.name());
        return byName.get(player.name()).whenComplete((now, failure) -> {
            if (here.find(player.id()) == null) {
                owed.remove(player.name());
            } else if (failure != null) {
                log.debug("{} was not read again: {}", player.name(), failure.getMessage());
                CompletableFuture.delayedExecutor(FAILURE_KEPT.toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
                        .execute(() -> refresh(player, here));
            } else if (owed.remove(player.name()) || !now.isSameAs(before)) {
                // The loaded record may be older than what an operator's command or a commit has reported meanwhile.
                PlayerRecord newest = known(player.name());
                here.changed(newest == null ? now : newest);
            }
        });
    }
}
