package tavern.server.time;

import java.util.concurrent.TimeUnit;

/**
 * Tells whether the wall clock may be believed when something is to be given up because of its age. A clock that is a month
 * ahead for a while would otherwise cost what nobody can bring back. The wall clock counts as right once it has advanced as
 * the monotonic clock has, for a while: after a start, after somebody set it, and after a suspend of the machine there is
 * time to notice a mistake, and for time synchronisation to correct it. Confined to one thread at a time.
 */
public final class ClockTrust {
    /** How long both clocks must go together. */
    public static final long PROOF_MILLIS = TimeUnit.MINUTES.toMillis(30);

    /** Between two calls, the clocks may differ by this much and by a thousandth of the time between them. */
    private static final long TOLERANCE_MILLIS = TimeUnit.SECONDS.toMillis(30);

    private static final int TOLERANCE_DIVISOR = 1_000;

    private final Clocks clocks;

    /** When the time began in which both clocks have gone together. */
    private Clocks.Moment since;

    private Clocks.Moment last;

    public ClockTrust(Clocks clocks) {
        this.clocks = clocks;
        since = clocks.now();
        last = since;
    }

    /** Whether both clocks have gone together for long enough. Sees only what is different from the call before. */
    public boolean isTrusted() {
        Clocks.Moment now = clocks.now();
        long passedMillis = now.monotonicMillis() - last.monotonicMillis();
        long shownMillis = now.wallMillis() - last.wallMillis();
        last = now;
        if (Math.abs(shownMillis - passedMillis) > TOLERANCE_MILLIS + passedMillis / TOLERANCE_DIVISOR) {
            since = now;
        }
        return now.monotonicMillis() - since.monotonicMillis() >= PROOF_MILLIS;
    }
}
