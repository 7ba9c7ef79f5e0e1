package tavern.server.session;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.RoomId;
import tavern.server.session.Freeze.Scope;
import tavern.server.session.Freeze.What;
import tavern.server.store.FreezeAnswer;
import tavern.server.store.FreezeRow;
import tavern.server.store.FreezeRows;
import tavern.server.store.FreezeStore;
import tavern.server.time.MonotonicClock;

/**
 * The operators' kill switches, kept in the store for the whole realm. Each server checks once a second whether they
 * have changed; while the store is silent, the known ones stay in force. Safe on any thread. A query is a look-up in a
 * map that is replaced, never modified, and costs nothing while nothing is frozen.
 */
public final class Freezes implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Freezes.class);
    static final int FREEZES_MAX = 10_000;
    private static final long POLL_MILLIS = 1_000;
    private static final long STORE_MILLIS_MAX = 2_000;

    private final FreezeStore store;
    private final MonotonicClock clock;
    private volatile Map<Freeze.Key, Freeze> inForce = Map.of();
    private volatile long version;
    private volatile long followedMillis;
    private volatile boolean lost;
    private volatile boolean closed;

    /**
     * The newest reading of the store: readings run one after another, so that the latest result stays. Guarded by
     * this.
     */
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    Freezes(FreezeStore store, MonotonicClock clock) {
        this.store = store;
        this.clock = clock;
        this.followedMillis = clock.millis();
    }

    /** Completes when the freezes are known; nobody may be served before that. Polls for changes from then on. */
    public CompletionStage<Void> start() {
        return read().thenRun(this::pollLater);
    }

    private void pollLater() {
        if (!closed) {
            CompletableFuture.delayedExecutor(POLL_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                    .execute(this::pollNow);
        }
    }

    private void pollNow() {
        if (!closed) {
            poll().whenComplete((done, failure) -> {
                polled(failure);
                pollLater();
            });
        }
    }

    private void polled(@Nullable Throwable failure) {
        if (failure == null) {
            followedMillis = clock.millis();
        } else if (!lost && !closed) {
            log.warn("it is not known whether freezes were changed: {}", failure.toString());
        }
        lost = failure != null;
    }

    /** The time since the last successful poll; about a second while all is well. */
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

    private static <T> CompletableFuture<T> bounded(CompletionStage<T> answer) {
        return answer.toCompletableFuture().copy().orTimeout(STORE_MILLIS_MAX, TimeUnit.MILLISECONDS);
    }

    /**
     * Completes once the freeze is stored and in force here; other servers follow within about a second. Fails when the
     * store does.
     *
     * @param seenSinceMillis since when it has been in force, as far as the operator knows, or 0 if it is not
     */
    public CompletionStage<FreezeAnswer> add(Freeze freeze, long seenSinceMillis) {
        return store.freeze(row(freeze), FREEZES_MAX, seenSinceMillis).thenCompose(this::known);
    }

    /**
     * Completes once the freeze is lifted here; with false when the present one is not the one the operator has seen.
     */
    public CompletionStage<Boolean> lift(Freeze freeze, long seenSinceMillis) {
        return store.unfreeze(row(freeze), seenSinceMillis).thenCompose(this::known);
    }

    private <T> CompletionStage<T> known(T answer) {
        return read().thenApply(done -> answer);
    }

    /** The freeze with the same key that is now in the store. */
    public CompletionStage<Optional<Freeze>> standing(Freeze freeze) {
        return read().thenApply(done -> Optional.ofNullable(inForce.get(freeze.key())));
    }

    /** @param room in which it would happen, or null for none */
    boolean stops(What what, @Nullable RoomId room, String player) {
        Map<Freeze.Key, Freeze> freezes = inForce;
        return !freezes.isEmpty()
                && (freezes.containsKey(new Freeze.Key(what, Scope.EVERYWHERE, ""))
                        || freezes.containsKey(new Freeze.Key(what, Scope.PLAYER, player))
                        || (room != null && freezes.containsKey(new Freeze.Key(what, Scope.ROOM, room.name()))));
    }

    /** The text for the player. */
    static String text(What what) {
        return "the operators have stopped " + what.name().toLowerCase(Locale.ROOT) + " for now";
    }

    /** All freezes, the oldest first. */
    public List<Freeze> all() {
        return inForce.values().stream()
                .sorted(Comparator.comparingLong(Freeze::sinceMillis))
                .toList();
    }

    /** Stops polling. */
    @Override
    public void close() {
        closed = true;
    }
}
