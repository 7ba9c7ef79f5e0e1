package tavern.bench.trades;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Holds offers back while too many trades wait for the broker, so that the measured rate is sustainable. */
@SuppressWarnings("FutureReturnValueIgnored") // the polling task runs until close()
final class Backlog implements AutoCloseable {
    private static final long ROWS_MAX = 10_000;
    private static final int POLL_MILLIS = 10;

    private final LongSupplier outboxRows;
    private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "backlog"));
    private volatile long rows;
    private volatile boolean open;

    /** @param outboxRows counts the rows; may block for a moment */
    Backlog(LongSupplier outboxRows) {
        this.outboxRows = outboxRows;
        watch.scheduleWithFixedDelay(this::poll, POLL_MILLIS, POLL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Trades committed but not yet confirmed by the broker, as of a few milliseconds ago. */
    long rows() {
        return rows;
    }

    /** Takes the offer if it must wait and runs it once the backlog is short enough. @return whether it was taken */
    boolean holds(Runnable offer) {
        boolean full = !open && rows > ROWS_MAX;
        if (full) {
            held.add(offer);
        }
        return full;
    }

    /** Retries an offer at the next poll, because the store could not take it just now. */
    void holdBriefly(Runnable offer) {
        held.add(offer);
    }

    /** Stops holding offers back. */
    void open() {
        open = true;
    }

    private void poll() {
        rows = outboxRows.getAsLong();
        // Offers that arrive meanwhile wait for the next poll.
        for (int i = held.size(); i > 0 && (open || rows <= ROWS_MAX); i--) {
            Runnable offer = held.poll();
            if (offer != null) {
                offer.run();
            }
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
