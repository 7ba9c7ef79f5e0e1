package tavern.server.session;

import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.game.RoomId;
import tavern.server.session.Freeze.Scope;
import tavern.server.session.Freeze.What;
import tavern.server.store.FreezeRow;
import tavern.server.store.FreezeRows;
import tavern.server.store.Store;

/**
 * The operators' kill switches: in the store, for the whole realm. Each server looks once a second whether they are others
 * than it knows; while the store is silent, those that it knows stay in force. Any thread; asking is a look-up in a map
 * that is never changed but replaced, and nothing at all while nothing is frozen.
 */
public final class Freezes implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Freezes.class);
    static final int FREEZES_MAX = 10_000;
    private static final long POLL_MILLIS = 1_000;
    private static final long STORE_MILLIS_MAX = 2_000;

    private final Store store;
    private final InstantSource clock;
    private volatile Map<Freeze.Key, Freeze> inForce = Map.of();
    private volatile long version;
    private volatile long followedMillis;
    private volatile boolean lost;
    private volatile boolean closed;

    /** The reading asked for last: they come one after another, so that what was read later stays. Guarded by this. */
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    Freezes(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.followedMillis = clock.millis();
    }

    /** Completes when they are known; before that nobody is to be served. Looks for changes from then on. */
    public CompletionStage<Void> start() {
        return read().thenRun(this::pollLater);
    }

    private void pollLater() {
        if (!closed) {
            CompletableFuture.delayedExecutor(POLL_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                    .execute(() -> poll().whenComplete((done, failure) -> {
                        polled(failure);
                        pollLater();
                    }));
        }
    }

    private void polled(@Nullable Throwable failure) {
        if (failure == null) {
            followedMillis = clock.millis();
        } else if (!lost) {
            log.warn("it is not known whether freezes were changed: {}", failure.toString());
        }
        lost = failure != null;
    }

    /** For how long it has not been known whether they were changed; about a second while all is well. */
    public long behindMillis() {
        return Math.max(0, clock.millis() - followedMillis);
    }

    private CompletionStage<Void> poll() {
        return bounded(store.freezesVersion())
                .thenCompose(now -> now == version ? CompletableFuture.completedFuture(null) : read());
    }

    private synchronized CompletableFuture<Void> read() {
        last = last.handle((done, failure) -> done)
                .thenCompose(next -> bounded(store.freezes()))
                .thenAccept(this::replace);
        return last;
    }

    private void replace(FreezeRows rows) {
        Map<Freeze.Key, Freeze> read = new HashMap<>();
        for (FreezeRow row : rows.rows()) {
            Freeze freeze = freeze(row);
            if (freeze != null) {
                read.put(freeze.key(), freeze);
            }
        }
        inForce = Map.copyOf(read);
        version = rows.version();
    }

    private static @Nullable Freeze freeze(FreezeRow row) {
        try {
            return new Freeze(
                    What.valueOf(row.what()),
                    Scope.valueOf(row.scope()),
                    row.target(),
                    row.reason(),
                    row.sinceMillis());
        } catch (IllegalArgumentException e) {
            log.warn("a freeze that this server does not know is not in force here: {}", row);
            return null;
        }
    }

    private static FreezeRow row(Freeze freeze) {
        return new FreezeRow(
                freeze.what().name(), freeze.scope().name(), freeze.target(), freeze.reason(), freeze.sinceMillis());
    }

    private static <T> CompletableFuture<T> bounded(CompletionStage<T> asked) {
        return asked.toCompletableFuture().copy().orTimeout(STORE_MILLIS_MAX, TimeUnit.MILLISECONDS);
    }

    /**
     * Completes once it is stored and in force here; other servers follow within about a second. With false: there are
     * too many already. Fails when the store does.
     */
    public CompletionStage<Boolean> add(Freeze freeze) {
        return store.freeze(row(freeze), FREEZES_MAX).thenCompose(this::known);
    }

    /** Likewise; with false: there was no such freeze. */
    public CompletionStage<Boolean> lift(Freeze freeze) {
        return store.unfreeze(row(freeze)).thenCompose(this::known);
    }

    private CompletionStage<Boolean> known(boolean changed) {
        return read().thenApply(done -> changed);
    }

    /** @param room that it would happen in; null: in none */
    boolean stops(What what, @Nullable RoomId room, String player) {
        Map<Freeze.Key, Freeze> freezes = inForce;
        return !freezes.isEmpty()
                && (freezes.containsKey(new Freeze.Key(what, Scope.EVERYWHERE, ""))
                        || freezes.containsKey(new Freeze.Key(what, Scope.PLAYER, player))
                        || (room != null && freezes.containsKey(new Freeze.Key(what, Scope.ROOM, room.name()))));
    }

    /** For the player. */
    static String text(What what) {
        return "the operators have stopped " + what.name().toLowerCase(Locale.ROOT) + " for now";
    }

    /** The oldest first. */
    public List<Freeze> all() {
        return inForce.values().stream()
                .sorted(Comparator.comparingLong(Freeze::sinceMillis))
                .toList();
    }

    /** Looks no more. */
    @Override
    public void close() {
        closed = true;
    }
}
