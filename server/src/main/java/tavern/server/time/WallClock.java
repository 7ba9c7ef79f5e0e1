package tavern.server.time;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the date as the machine's clock does, without its small steps: a difference of less than a second is made up
 * for gradually, by at most a tenth of the time that passes, so that the date does not go back. A larger difference
 * means that somebody set the machine's clock, or that the machine was suspended: then the date follows at once,
 * forwards or backwards, and the log says so. Bans, tokens and the ledger are therefore right as soon as the machine
 * is. These dates must not be used to order events or to measure durations. Safe on any thread.
 */
public final class WallClock implements InstantSource {
    private static final Logger log = LoggerFactory.getLogger(WallClock.class);
    private static final long STEP_NANOS_MIN = TimeUnit.SECONDS.toNanos(1);
    private static final int SLEW_DIVISOR = 10;

    /** Two readings that lie further apart cannot be compared: the thread was stopped between them. */
    private static final long APART_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);

    /** The time between two log lines, should the machine's clock jump all the time. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier machineMillis;
    private final MonotonicClock monotonic;

    // Guarded by this, which is held for a few nanoseconds.
    private long aheadNanos;
    private long atNanos;
    private long silentUntilNanos;

    /** @param machineMillis the machine's clock, in milliseconds since 1970 */
    public WallClock(LongSupplier machineMillis, MonotonicClock monotonic) {
        this.machineMillis = machineMillis;
        this.monotonic = monotonic;
        this.atNanos = monotonic.read();
        this.aheadNanos = TimeUnit.MILLISECONDS.toNanos(machineMillis.getAsLong()) - atNanos;
        this.silentUntilNanos = atNanos;
    }

    @Override
    public long millis() {
        long steppedNanos = 0;
        long told;
        synchronized (this) {
            long before = monotonic.read();
            long machine = TimeUnit.MILLISECONDS.toNanos(machineMillis.getAsLong());
            long now = monotonic.read();
            if (now - before < APART_NANOS_MAX) {
                steppedNanos = follow(machine - now, now);
            }
            atNanos = now;
            told = now + aheadNanos;
        }
        if (steppedNanos != 0) {
            log.warn(
                    "the machine's clock is {} ms {} what it was: it was set, or the machine was suspended; dates follow it",
                    TimeUnit.NANOSECONDS.toMillis(Math.abs(steppedNanos)),
                    steppedNanos > 0 ? "ahead of" : "behind");
        }
        return TimeUnit.NANOSECONDS.toMillis(told);
    }

    /** @return how far the date jumped, if the log is to say so; else 0 */
    private long follow(long machineAheadNanos, long nowNanos) {
        long difference = machineAheadNanos - aheadNanos;
        if (Math.abs(difference) < STEP_NANOS_MIN) {
            long most = (nowNanos - atNanos) / SLEW_DIVISOR;
            aheadNanos += Math.max(-most, Math.min(most, difference));
            return 0;
        }
        aheadNanos = machineAheadNanos;
        if (nowNanos < silentUntilNanos) {
            return 0;
        }
        silentUntilNanos = nowNanos + SILENCE_NANOS;
        return difference;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }
}
