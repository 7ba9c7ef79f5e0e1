package tavern.server.services;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A clock that counts only the time in which the machine let this process run: it stands still while not even a thread
 * that only wakes up gets its turn, so that a time limit judges the server and not the machine. Safe on any thread.
 */
public final class FairTime {
    private static final long TURN_MILLIS = 10;

    /** The longest time until the next turn on a machine that is not overloaded. */
    private static final long TURN_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(2 * TURN_MILLIS);

    private static long turnNanos = System.nanoTime();
    private static long lostNanos;

    static {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(turn -> {
            Thread daemon = new Thread(turn, "fair-time");
            daemon.setDaemon(true);
            return daemon;
        });
        thread.scheduleWithFixedDelay(FairTime::turn, TURN_MILLIS, TURN_MILLIS, TimeUnit.MILLISECONDS);
    }

    private FairTime() {}

    private static synchronized void turn() {
        long now = System.nanoTime();
        lostNanos += Math.max(0, now - turnNanos - TURN_NANOS_MAX);
        turnNanos = now;
    }

    /** Nanoseconds since an arbitrary origin. */
    public static synchronized long nanos() {
        return turnNanos + Math.min(TURN_NANOS_MAX, System.nanoTime() - turnNanos) - lostNanos;
    }
}
