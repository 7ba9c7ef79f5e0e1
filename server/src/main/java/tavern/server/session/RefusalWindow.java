package tavern.server.session;

import org.jspecify.annotations.Nullable;

/** Tells when there were too many refusals within ten seconds. Of one thread. */
final class RefusalWindow {
    private static final long WINDOW_MILLIS = 10_000;

    private final int refusalsMax;
    /** A ring of the last times; made at the first refusal, since most sessions never have one. */
    private long @Nullable [] times;

    private int count;

    RefusalWindow(int refusalsMax) {
        this.refusalsMax = refusalsMax;
    }

    /** Counts one; true when more than the allowed number fell within the window. */
    boolean count(long nowMillis) {
        if (times == null) {
            times = new long[refusalsMax];
        }
        int slot = count % refusalsMax;
        boolean tooMany = count >= refusalsMax && nowMillis - times[slot] < WINDOW_MILLIS;
        times[slot] = nowMillis;
        // Keeps the count's remainder, and says for ever that the ring is full.
        count = count + 1 == 2 * refusalsMax ? refusalsMax : count + 1;
        return tooMany;
    }
}
