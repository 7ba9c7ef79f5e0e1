package tavern.client;

import com.fasterxml.uuid.UUIDClock;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * P-57: the server's date, by what the server last said and the time that has passed since then, whatever the date of
 * this device is. It lags behind by the time that the message took. Safe on any thread.
 */
final class ServerTime extends UUIDClock {
    /** A smaller step back is not followed, so that ids which are made one after another stay in order. */
    private static final long BACK_MILLIS_MAX = 1_000;

    private final LongSupplier nanos;

    // Guarded by this.
    private long saidMillis;
    private long heardNanos;
    private long toldMillis;

    /** @param nanos a clock that measures durations, such as {@code System::nanoTime} */
    ServerTime(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** @param millis since 1970, as the server has just said */
    synchronized void hear(long millis) {
        saidMillis = millis;
        heardNanos = nanos.getAsLong();
    }

    @Override
    public synchronized long currentTimeMillis() {
        if (saidMillis == 0) {
            throw new IllegalStateException("the server has not said its time yet: connect first");
        }
        long now = saidMillis + TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - heardNanos);
        if (now > toldMillis || toldMillis - now > BACK_MILLIS_MAX) {
            toldMillis = now;
        }
        return toldMillis;
    }
}
