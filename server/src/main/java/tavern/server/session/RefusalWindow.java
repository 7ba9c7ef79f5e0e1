package tavern.server.session;

import org.jspecify.annotations.Nullable;

/** Detects too many refusals within ten seconds. Confined to one thread. */
final class RefusalWindow {
    private static final long WINDOW_MILLIS = 10_000;

    private final int refusalsMax;
    /** A ring of the latest times, created at the first refusal, since most sessions never have one. */
    private long @Nullable [] times;

    private int count;

    RefusalWindow(int refusalsMax) {
        this.refusalsMax = refusalsMax;
    }

    /** Counts one refusal; returns true when more than the allowed number fell within the window. */
    boolean count(long nowMillis) {
        if (times == null) {
            times = new long[refusalsMax];
        }
        int slot = count % refusalsMax;
        boolean tooMany = count >= refusalsMax && nowMillis - times[slot] < WINDOW_MILLIS;
        times[slot] = nowMillis;
        // Wraps so that the remainder stays right and the ring counts as full from then on.
        count = count + 1 == 2 * refusalsMax ? refusalsMax : count + 1;
        return tooMany;
    }
}
