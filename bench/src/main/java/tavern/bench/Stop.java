package tavern.bench;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets time pass unless somebody stops the run. */
public final class Stop {
    private final CountDownLatch asked = new CountDownLatch(1);

    /** Any thread. */
    public void now() {
        asked.countDown();
    }

    /**
     * Waits.
     *
     * @throws InterruptedException when the run is stopped meanwhile, or was before
     */
    public void pass(Duration time) throws InterruptedException {
        if (asked.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new InterruptedException("stopped");
        }
    }
}
