package tavern.server.services;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Time in which the machine let threads of this process run: it stands still while not even a thread that does nothing
 * but wake up gets its turn, so that a time limit judges the server and not the machine. Any thread.
 */
public final class FairTime {
    private static final long TURN_MILLIS = 10;

    /** Until the next turn, on a machine that has time for it. */
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

    /** From any beginning. */
    public static synchronized long nanos() {
        return turnNanos + Math.min(TURN_NANOS_MAX, System.nanoTime() - turnNanos) - lostNanos;
    }
}
