package tavern.server.session;

/** Lets through so many a second on average, and twice as many (at least 2) at once. Of one thread. */
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
     * Takes one if there is one.
     *
     * @param nowMillis time that goes back gives nothing and takes nothing
     * @return 0 when it may pass, else the milliseconds after which one may
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
