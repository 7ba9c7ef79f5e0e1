package tavern.server.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import tavern.server.time.MonotonicClock;

/**
 * P-7: counts failed logins, each for a time after the first, by two keys.
 *
 * <p>The narrow key is the pair of address and player, so that nobody can lock out a player from elsewhere, nor the
 * other players of an address. It only decides how a bad token is answered: a good one is never refused because of it.
 * The wide key is the address alone, and bounds the cost of checking tokens: above its limit they are not checked.
 * Addresses in {@code limits.uncounted-addresses} have no such limit, since all players may come from behind them.
 *
 * <p>Safe on any thread; never blocks.
 */
public final class AuthThrottle {
    private static final int ENTRIES_MAX = 100_000;

    private final int failuresMax;
    private final int failuresPerAddressMax;
    private final AddressBlocks uncounted;
    private final Cache<NetworkPrefix, AtomicInteger> byAddress;
    private final Cache<Pair, AtomicInteger> byPair;

    /** @param player as the token claims, or empty when it claims none */
    private record Pair(NetworkPrefix address, String player) {}

    public AuthThrottle(AuthSettings settings, AddressBlocks uncounted, MonotonicClock clock) {
        this.failuresMax = settings.failuresMax();
        this.failuresPerAddressMax = settings.failuresPerAddressMax();
        this.uncounted = uncounted;
        this.byAddress = counters(settings, clock);
        this.byPair = counters(settings, clock);
    }

    private static <K> Cache<K, AtomicInteger> counters(AuthSettings settings, MonotonicClock clock) {
        return Caffeine.newBuilder()
                .maximumSize(ENTRIES_MAX)
                .expireAfterWrite(Duration.ofSeconds(settings.failureWindowSeconds()))
                .executor(Runnable::run)
                .ticker(clock)
                .build();
    }

    /** Returns whether a token from this address may be checked. */
    public boolean allows(InetAddress address) {
        AtomicInteger failures = byAddress.getIfPresent(NetworkPrefix.of(address));
        return failures == null || failures.get() < failuresPerAddressMax;
    }

    /**
     * Counts a token that proved nothing.
     *
     * @param player from {@link Authenticator#claimedName}
     * @return false when this pair already had too many failures
     */
    public boolean failed(InetAddress address, String player) {
        NetworkPrefix prefix = NetworkPrefix.of(address);
        if (!uncounted.contain(address)) {
            count(byAddress, prefix);
        }
        return count(byPair, new Pair(prefix, player)) <= failuresMax;
    }

    private static <K> int count(Cache<K, AtomicInteger> counters, K key) {
        return counters.asMap()
                .computeIfAbsent(key, absent -> new AtomicInteger())
                .incrementAndGet();
    }

    /**
     * Forgets the pair's failures, but not the address's: one valid account must not make up for guessing at others.
     */
    public void succeeded(InetAddress address, String player) {
        byPair.invalidate(new Pair(NetworkPrefix.of(address), player));
    }
}
