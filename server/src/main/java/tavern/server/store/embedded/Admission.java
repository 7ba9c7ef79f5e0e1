package tavern.server.store.embedded;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.server.store.StoreUnavailableException;

/** Bounds the operations in flight, and so every queue of the store. Any thread. */
final class Admission {
    private static final long RETRY_AFTER_MILLIS = 200;
    private static final long CLOSED_RETRY_AFTER_MILLIS = 5000;

    private final int max;
    private final Semaphore free;
    private volatile boolean closed;

    Admission(int max) {
        this.max = max;
        this.free = new Semaphore(max);
    }

    /** Says why not, or null: one more operation is in flight, until it {@link #leave leaves}. */
    @Nullable
    StoreUnavailableException enter() {
        if (!free.tryAcquire()) {
            return closed ? closedReason() : fullReason();
        }
        if (closed) {
            free.release();
            return closedReason();
        }
        return null;
    }

    void leave() {
        free.release();
    }

    int inFlight() {
        return max - free.availablePermits();
    }

    /**
     * Lets nobody in any more, and waits until all that were in have left. An interrupted caller waits no longer.
     *
     * @return whether they have
     */
    boolean close(long waitMillis) {
        closed = true;
        try {
            // Whoever entered before the line above is counted: all places free means that nobody is left.
            return free.tryAcquire(max, waitMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private StoreUnavailableException fullReason() {
        return new StoreUnavailableException(
                "store has " + max + " of " + max
                        + " operations in flight; raise store.operations-in-flight-max or use a faster disk",
                RETRY_AFTER_MILLIS);
    }

    private static StoreUnavailableException closedReason() {
        return new StoreUnavailableException("the store is closed", CLOSED_RETRY_AFTER_MILLIS);
    }
}
