package tavern.server.ops;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import tavern.server.session.NetworkPrefix;
import tavern.server.time.MonotonicClock;

/**
 * Counts wrong tokens by address, each count for a minute from its first. It keeps guesses slow and the log short; whoever
 * has a valid token never meets it, so nobody can lock others out. Safe on any thread.
 */
final class Lockout {
    static final int FAILURES_MAX = 10;
    static final int WINDOW_SECONDS = 60;
    private static final int ADDRESSES_MAX = 10_000;

    private final Cache<NetworkPrefix, AtomicInteger> failures;

    Lockout(MonotonicClock clock) {
        failures = Caffeine.newBuilder()
                .maximumSize(ADDRESSES_MAX)
                .expireAfterWrite(Duration.ofSeconds(WINDOW_SECONDS))
                .executor(Runnable::run)
                .ticker(clock)
                .build();
    }

    boolean isLocked(InetAddress address) {
        AtomicInteger count = failures.getIfPresent(NetworkPrefix.of(address));
        return count != null && count.get() >= FAILURES_MAX;
    }

    void failed(InetAddress address) {
        failures.asMap()
                .computeIfAbsent(NetworkPrefix.of(address), absent -> new AtomicInteger())
                .incrementAndGet();
    }
}
