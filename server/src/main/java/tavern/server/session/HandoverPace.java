package tavern.server.session;

/**
 * How many players a server sends to others in a second: each is work for this server, for the next and for the store, and those who
 * stay must not notice it. What was not used in a moment is not saved for long. Confined to one thread.
 */
final class HandoverPace {
    private static final long MILLIS_PER_SECOND = 1_000;

    /** What may be saved up: the share of a second. */
    private static final int BURST_SHARE = 4;

    /** What was achieved counts when this share of the time has passed; the first rooms and players take their time. */
    private static final int MEASURED_SHARE = 4;

    private final int perSecond;
    private final long begunMillis;
    private double free;
    private long lastMillis;

    HandoverPace(int perSecond, long nowMillis) {
        this.perSecond = perSecond;
        this.begunMillis = nowMillis;
        this.free = most();
        this.lastMillis = nowMillis;
    }

    private double most() {
        return Math.max(1, perSecond / BURST_SHARE);
    }

    /** Whether somebody may be sent now. A room goes as a whole, however many are in it; it is the next that waits for longer. */
    boolean isFree(long nowMillis) {
        if (nowMillis > lastMillis) {
            free = Math.min(most(), free + (double) (nowMillis - lastMillis) * perSecond / MILLIS_PER_SECOND);
            lastMillis = nowMillis;
        }
        return free >= 1;
    }

    /**
     * Whether so many players cannot be sent in the time that is left, at this pace or as fast as it really goes.
     *
     * @param gone how many have gone since the beginning
     */
    boolean isTooSlow(int players, long nowMillis, long leftMillis, long gone) {
        long passedMillis = nowMillis - begunMillis;
        boolean isMeasured = passedMillis * MEASURED_SHARE >= passedMillis + leftMillis;
        double achieved = isMeasured && passedMillis > 0
                ? (double) gone * MILLIS_PER_SECOND / passedMillis
                : Double.POSITIVE_INFINITY;
        return (double) players * MILLIS_PER_SECOND > Math.min(perSecond, achieved) * leftMillis;
    }

    void sent(int players) {
        free -= players;
    }

    /** So many were not sent after all. */
    void notSent(int players) {
        free = Math.min(most(), free + players);
    }
}
