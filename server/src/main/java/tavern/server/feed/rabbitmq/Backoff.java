package tavern.server.feed.rabbitmq;

import java.util.SplittableRandom;

/**
 * Waiting times that double up to a bound, each shortened at random by up to half, so that nodes do not reconnect all
 * at once.
 */
final class Backoff {
    private final long firstMillis;
    private final long maxMillis;
    private final SplittableRandom random;
    private int failures;

    Backoff(long firstMillis, long maxMillis, SplittableRandom random) {
        this.firstMillis = firstMillis;
        this.maxMillis = maxMillis;
        this.random = random;
    }

    long nextMillis() {
        long whole = Math.min(maxMillis, firstMillis << Math.min(failures, 20));
        failures++;
        return whole - random.nextLong(whole / 2 + 1);
    }

    void reset() {
        failures = 0;
    }
}
