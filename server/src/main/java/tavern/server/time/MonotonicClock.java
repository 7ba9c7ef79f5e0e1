package tavern.server.time;

import com.github.benmanes.caffeine.cache.Ticker;
import java.util.concurrent.TimeUnit;

/**
 * Measures how long something takes. It never goes back and never jumps, whatever is done to the machine's clock, and
 * it says nothing about the date. On Linux it stands still while the machine is suspended. Safe on any thread.
 */
@FunctionalInterface
public interface MonotonicClock extends Ticker {
    /** @return nanoseconds since an origin of its own */
    @Override
    long read();

    /** @return milliseconds since the same origin */
    default long millis() {
        return TimeUnit.NANOSECONDS.toMillis(read());
    }

    /** Its origin is an hour before its creation, so that 0 is a time long past and all times are positive. */
    static MonotonicClock system() {
        long beginning = System.nanoTime() - TimeUnit.HOURS.toNanos(1);
        return () -> System.nanoTime() - beginning;
    }
}
