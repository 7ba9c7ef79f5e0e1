package tavern.server.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts failed logins by address and by player, each for a while after the first. Safe on any thread, never blocks.
 */
public final class AuthThrottle {
    private static final int ENTRIES_MAX = 100_000;

    private final int failuresMax;
    private final Cache<NetworkPrefix, AtomicInteger> byAddress;
    private final Cache<String, AtomicInteger> byName;

    public AuthThrottle(AuthSettings settings, InstantSource clock) {
        failuresMax = settings.failuresMax();
        byAddress = counters(settings, clock);
        byName = counters(settings, clock);
    }

    private static <K> Cache<K, AtomicInteger> counters(AuthSettings settings, InstantSource clock) {
        return Caffeine.newBuilder()
                .maximumSize(ENTRIES_MAX)
                .expireAfterWrite(Duration.ofSeconds(settings.failureWindowSeconds()))
                .executor(Runnable::run)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
    }

    /**
     * Whether a login may be tried at all; if not, it is answered {@code AUTH_THROTTLED} unseen.
     *
     * @param name from {@link Authenticator#claimedName}
     */
    public boolean allows(InetAddress address, String name) {
        return failures(byAddress.getIfPresent(NetworkPrefix.of(address))) < failuresMax
                && failures(byName.getIfPresent(name)) < failuresMax;
    }

    private int failures(@Nullable AtomicInteger counter) {
        return counter == null ? 0 : counter.get();
    }

    public void failed(InetAddress address, String name) {
        count(byAddress, NetworkPrefix.of(address));
        if (!name.isEmpty()) {
            count(byName, name);
        }
    }

    private static <K> void count(Cache<K, AtomicInteger> counters, K key) {
        counters.asMap().computeIfAbsent(key, absent -> new AtomicInteger()).incrementAndGet();
    }

    /** Clears the player's failures, but not the address': one good account must not pay for guessing at others. */
    public void succeeded(String name) {
        byName.invalidate(name);
    }
}
