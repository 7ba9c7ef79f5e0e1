package tavern.server.room;

/**
 * A token bucket: lets through the given number a second on average, and twice that many (at least 2) in a burst.
 * Confined to one thread.
 */
public final class TokenBucket {
    private static final double MILLIS_PER_SECOND = 1_000;

    private final double perMilli;
    private final double burst;
    private double tokens;
    private long lastMillis;

    public TokenBucket(double perSecond, long nowMillis) {
        perMilli = perSecond / MILLIS_PER_SECOND;
        burst = Math.max(2, 2 * perSecond);
        tokens = burst;
        lastMillis = nowMillis;
    }

    /**
     * Takes one token if there is one.
     *
     * @param nowMillis the time; going backwards neither adds nor removes tokens
     * @return 0 when the caller may pass, otherwise the milliseconds until it may
     */
    public long tryTake(long nowMillis) {
        if (nowMillis > lastMillis) {
            tokens = Math.min(burst, tokens + (nowMillis - lastMillis) * perMilli);
            lastMillis = nowMillis;
        }
        if (tokens >= 1) {
            tokens -= 1;
            return 0;
        }
        return Math.max(1, (long) Math.ceil((1 - tokens) / perMilli));
    }
}
