package tavern.server.operators;

import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.Causes;
import tavern.server.store.OperatorAccount;
import tavern.server.store.OperatorKey;
import tavern.server.store.OperatorRows;
import tavern.server.store.OperatorStore;
import tavern.server.store.Stages;
import tavern.server.time.Clocks;
import tavern.server.time.MonotonicClock;

/**
 * A copy of all accounts and keys, so that requests are admitted without waiting for the store. It is compared with the
 * store several times a second. While the store does not answer, it holds for ten minutes. Safe on any thread; never
 * blocks.
 */
public final class OperatorDirectory {
    private static final Logger log = LoggerFactory.getLogger(OperatorDirectory.class);
    private static final long HOLDS_MILLIS = TimeUnit.MINUTES.toMillis(10);
    private static final long USE_NOTED_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private final OperatorStore store;
    private final OperatorSettings settings;
    private final InstantSource wall;
    private final MonotonicClock monotonic;

    private record View(
            OperatorRows rows, Map<String, OperatorAccount> accounts, Map<String, OperatorKey> keys, long asOfMillis) {}

    private volatile @Nullable View view;

    /** The last use of keys here; only of keys in the view. */
    private final Map<String, Long> uses = new ConcurrentHashMap<>();

    /** When the use of a key was last told to the store, so that not every request does so until the copy shows it. */
    private final Map<String, Long> told = new ConcurrentHashMap<>();

    // Guarded by this: the reading under way, and the one after it for whoever asked meanwhile.
    private @Nullable CompletableFuture<OperatorRows> reading;
    private @Nullable CompletableFuture<OperatorRows> next;

    public OperatorDirectory(OperatorStore store, OperatorSettings settings, Clocks clocks) {
        this.store = store;
        this.settings = settings;
        this.wall = clocks.wall();
        this.monotonic = clocks.monotonic();
    }

    /** Compares the copy with the store, unless that is under way. */
    public void refresh() {
        boolean idle;
        synchronized (this) {
            idle = reading == null;
        }
        if (idle) {
            read();
        }
    }

    /** Completes with what was in the store at some moment after the call; on a thread of the store. */
    public CompletionStage<OperatorRows> read() {
        CompletableFuture<OperatorRows> begun = new CompletableFuture<>();
        synchronized (this) {
            if (reading != null) {
                next = next == null ? begun : next;
                return next;
            }
            reading = begun;
        }
        begin(begun);
        return begun;
    }

    private void begin(CompletableFuture<OperatorRows> answer) {
        long asOfMillis = monotonic.millis();
        Stages.begin(store::operatorsVersion)
                .thenCompose(version -> {
                    View known = view;
                    return known != null && known.rows().version() == version
                            ? CompletableFuture.completedFuture(known.rows())
                            : store.operators();
                })
                .whenComplete((rows, failure) -> {
                    if (failure == null) {
                        take(rows, asOfMillis);
                    }
                    CompletableFuture<OperatorRows> following = ended();
                    if (failure == null) {
                        answer.complete(rows);
                    } else {
                        answer.completeExceptionally(Causes.of(failure));
                    }
                    if (following != null) {
                        begin(following);
                    }
                });
    }

    private synchronized @Nullable CompletableFuture<OperatorRows> ended() {
        reading = next;
        next = null;
        return reading;
    }

    private void take(OperatorRows rows, long asOfMillis) {
        View known = view;
        if (known != null && known.rows().version() == rows.version()) {
            view = new View(rows, known.accounts(), known.keys(), asOfMillis);
        } else {
            Map<String, OperatorKey> keys = byName(rows.keys(), OperatorKey::hash);
            view = new View(rows, byName(rows.accounts(), OperatorAccount::name), keys, asOfMillis);
            uses.keySet().retainAll(keys.keySet());
            told.keySet().retainAll(keys.keySet());
        }
        List<String> over = rows.keys().stream()
                .filter(key -> isOver(key, wall.millis()))
                .map(OperatorKey::hash)
                .toList();
        if (!over.isEmpty()) {
            store.endOperatorKeys(over)
                    .whenComplete((done, failure) -> log.debug("{} keys of operators are over", over.size(), failure));
        }
    }

    private static <T> Map<String, T> byName(Collection<T> rows, Function<T, String> name) {
        return rows.stream().collect(Collectors.toUnmodifiableMap(name, row -> row, (a, b) -> a));
    }

    /** Whether the copy may be used. */
    public boolean isUsable() {
        View known = view;
        return known != null && monotonic.millis() - known.asOfMillis() <= HOLDS_MILLIS;
    }

    /** Returns whose key this is, if it is valid now; the key counts as used. */
    public @Nullable SignedIn use(String secret) {
        String hash = Credentials.hash(secret);
        SignedIn found = find(hash);
        if (found != null) {
            long now = wall.millis();
            uses.put(hash, now);
            if (now - found.key().usedMillis() > USE_NOTED_MILLIS && claim(hash, found.key(), now)) {
                store.useOperatorKey(hash, now)
                        .whenComplete((done, failure) -> log.debug("the use of an operator's key was noted", failure));
            }
        }
        return found;
    }

    private boolean claim(String hash, OperatorKey key, long now) {
        Long before = told.putIfAbsent(hash, now);
        return before == null
                || (now - Math.max(before, key.usedMillis()) > USE_NOTED_MILLIS && told.replace(hash, before, now));
    }

    /** The same by the hash of the key, which does not count as used. */
    public @Nullable SignedIn find(String hash) {
        View known = view;
        if (known == null || !isUsable()) {
            return null;
        }
        long now = wall.millis();
        OperatorKey key = known.keys().get(hash);
        OperatorAccount account = key == null ? null : known.accounts().get(key.operator());
        return key == null || account == null || isOver(key, now) || !account.isActive(now)
                ? null
                : new SignedIn(account, key, settings.roles().rights(account.roles()));
    }

    /** Whether a key has ended by itself. */
    boolean isOver(OperatorKey key, long nowMillis) {
        long used = Math.max(key.usedMillis(), uses.getOrDefault(key.hash(), 0L));
        return key.untilMillis() <= nowMillis
                || (key.kind() == OperatorKey.Kind.SESSION
                        && used + TimeUnit.MINUTES.toMillis(settings.idleMinutes()) <= nowMillis);
    }
}
