package tavern.server.operators;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import tavern.server.session.NetworkPrefix;
import tavern.server.time.MonotonicClock;

/**
 * Limits attempts to sign in, by address and by name. Where an operator last signed in from has a count of its own, so that
 * strangers who guess at a name do not keep its owner out. An attempt counts from its begin, because many may be made at
 * once; one that succeeds is taken back. Safe on any thread.
 */
final class SignInThrottle {
    static final int BY_ADDRESS_MAX = 10;
    static final int ADDRESS_SECONDS = 60;
    static final int BY_NAME_MAX = 20;
    static final int NAME_SECONDS = 600;
    private static final int COUNTS_MAX = 10_000;

    private final Cache<NetworkPrefix, AtomicInteger> byAddress;
    private final Cache<String, AtomicInteger> byName;

    SignInThrottle(MonotonicClock clock) {
        byAddress = counts(clock, ADDRESS_SECONDS);
        byName = counts(clock, NAME_SECONDS);
    }

    private static <K> Cache<K, AtomicInteger> counts(MonotonicClock clock, int seconds) {
        return Caffeine.newBuilder()
                .maximumSize(COUNTS_MAX)
                .expireAfterWrite(Duration.ofSeconds(seconds))
                .executor(Runnable::run)
                .ticker(clock)
                .build();
    }

    /** Throws {@link OperatorException} when there were too many. */
    void begin(InetAddress address) {
        count(byAddress, NetworkPrefix.of(address), BY_ADDRESS_MAX, "from this address", ADDRESS_SECONDS);
    }

    /**
     * The same for a name.
     *
     * @param isKnownAddress whether the operator of this name last signed in from there
     */
    void begin(String name, InetAddress address, boolean isKnownAddress) {
        count(byName, nameKey(name, address, isKnownAddress), BY_NAME_MAX, "for this name", NAME_SECONDS);
    }

    void succeeded(String name, InetAddress address, boolean isKnownAddress) {
        takeBack(byAddress, NetworkPrefix.of(address));
        takeBack(byName, nameKey(name, address, isKnownAddress));
    }

    private static String nameKey(String name, InetAddress address, boolean isKnownAddress) {
        return isKnownAddress ? name + " " + NetworkPrefix.of(address) : name;
    }

    private static <K> void count(Cache<K, AtomicInteger> counts, K key, int max, String where, int seconds) {
        int count = counts.asMap()
                .computeIfAbsent(key, absent -> new AtomicInteger())
                .incrementAndGet();
        if (count > max) {
            throw OperatorException.throttled(where, seconds);
        }
    }

    private static <K> void takeBack(Cache<K, AtomicInteger> counts, K key) {
        AtomicInteger count = counts.getIfPresent(key);
        if (count != null) {
            count.decrementAndGet();
        }
    }
}
