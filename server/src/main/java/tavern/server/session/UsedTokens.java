package tavern.server.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * The {@code jti} of each used token, kept until the token would have expired anyway. When the set is full it refuses
 * new tokens instead of forgetting old ones: a forgotten token could be used again.
 */
final class UsedTokens {
    private static final int TOKENS_MAX = 1_000_000;

    private final int tokensMax;
    private final Cache<String, Long> expiryMillis;

    UsedTokens(InstantSource clock) {
        this(clock, TOKENS_MAX);
    }

    UsedTokens(InstantSource clock, int tokensMax) {
        this.tokensMax = tokensMax;
        expiryMillis = Caffeine.newBuilder()
                .executor(Runnable::run)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .expireAfter(Expiry.creating(
                        (String jti, Long until) -> Duration.ofMillis(Math.max(1, until - clock.millis() + 1))))
                .build();
    }

    /** @throws AuthException when it was used before */
    void check(String jti) throws AuthException {
        if (expiryMillis.getIfPresent(jti) != null) {
            throw new AuthException("token used before");
        }
    }

    /**
     * Remembers a token.
     *
     * @throws AuthException when it was used before, or there are too many to remember one more
     */
    void add(String jti, long untilMillis) throws AuthException {
        if (expiryMillis.estimatedSize() >= tokensMax) {
            expiryMillis.cleanUp();
            if (expiryMillis.estimatedSize() >= tokensMax) {
                throw new AuthException("too many single-use tokens in use (" + tokensMax + ")");
            }
        }
        if (expiryMillis.asMap().putIfAbsent(jti, untilMillis) != null) {
            throw new AuthException("token used before");
        }
    }
}
