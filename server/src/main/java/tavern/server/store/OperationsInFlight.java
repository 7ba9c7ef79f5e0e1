package tavern.server.store;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Bounds the operations in flight, and so every queue of the store. Safe on any thread. */
public final class OperationsInFlight {
    private static final long RETRY_AFTER_MILLIS = 200;
    private static final long CLOSED_RETRY_AFTER_MILLIS = 5000;

    private final int max;
    private final String cure;
    private final Semaphore free;
    private volatile boolean closed;

    /** @param cure what to do when it is full; completes a sentence after "or" */
    public OperationsInFlight(int max, String cure) {
        this.max = max;
        this.cure = cure;
        this.free = new Semaphore(max);
    }

    /**
     * Admits one more operation, which is in flight until it {@link #leave leaves}. Returns null, or the reason for
     * refusing it.
     */
    public @Nullable StoreUnavailableException enter() {
        if (!free.tryAcquire()) {
            return closed ? closedReason() : fullReason();
        }
        if (closed) {
            free.release();
            return closedReason();
        }
        return null;
    }

    public void leave() {
        free.release();
    }

    public int count() {
        return max - free.availablePermits();
    }

    /**
     * Admits no more operations, and waits until all admitted ones have left. An interrupted caller stops waiting.
     *
     * @return whether all have left
     */
    public boolean close(long waitMillis) {
        closed = true;
        try {
            // Every operation that entered before the line above is counted: when all places are free, none is left.
            return free.tryAcquire(max, waitMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private StoreUnavailableException fullReason() {
        return new StoreUnavailableException(
                "store has " + max + " of " + max + " operations in flight; raise store.operations-in-flight-max or "
                        + cure,
                RETRY_AFTER_MILLIS);
    }

    private static StoreUnavailableException closedReason() {
        return new StoreUnavailableException("the store is closed", CLOSED_RETRY_AFTER_MILLIS);
    }
}
