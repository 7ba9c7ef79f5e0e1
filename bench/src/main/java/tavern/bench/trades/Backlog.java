package tavern.bench.trades;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Holds offers back while much waits for the broker, so that the rate that is measured could be kept up for ever. */
@SuppressWarnings("FutureReturnValueIgnored") // it is looked at until the end
final class Backlog implements AutoCloseable {
    private static final long ROWS_MAX = 10_000;
    private static final int LOOK_MILLIS = 10;

    private final LongSupplier outboxRows;
    private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "backlog"));
    private volatile long rows;
    private volatile boolean open;

    /** @param outboxRows may take a moment to tell */
    Backlog(LongSupplier outboxRows) {
        this.outboxRows = outboxRows;
        watch.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Committed, and not yet confirmed by the broker, as of some milliseconds ago. */
    long rows() {
        return rows;
    }

    /** Takes the offer if it must wait: it is made as soon as there is room. */
    boolean holds(Runnable offer) {
        boolean full = !open && rows > ROWS_MAX;
        if (full) {
            held.add(offer);
        }
        return full;
    }

    /** The store has no time for this offer just now. */
    void holdBriefly(Runnable offer) {
        held.add(offer);
    }

    /** Holds nothing back any more. */
    void open() {
        open = true;
    }

    private void look() {
        rows = outboxRows.getAsLong();
        // Those that come meanwhile wait for the next look.
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
