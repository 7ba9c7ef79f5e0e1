package tavern.bench;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for times to pass, and ends every wait when the run is stopped. */
public final class Stop {
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** Stops the run. Safe on any thread. */
    public void now() {
        stopped.countDown();
    }

    /**
     * Waits for this time.
     *
     * @throws InterruptedException if the run is stopped meanwhile or was stopped before
     */
    public void pass(Duration time) throws InterruptedException {
        if (stopped.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new InterruptedException("stopped");
        }
    }
}
