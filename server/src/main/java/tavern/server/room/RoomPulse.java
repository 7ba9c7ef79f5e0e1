package tavern.server.room;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What one room's work costs: for its thread's histograms, and for operators who ask about the room. */
@OnRoomThread
final class RoomPulse {
    private final RoomMetrics metrics;
    private final ThreadLoad load;

    /** Written by whoever wakes the room, which hands it over to the room's thread. */
    private long wokenNanos;

    private long startedNanos;

    /** Any thread may read these two; nobody waits for what they say. */
    private final AtomicLong waitNanos = new AtomicLong();

    private final AtomicLong tickNanos = new AtomicLong();

    RoomPulse(RoomMetrics metrics, ThreadLoad load) {
        this.metrics = metrics;
        this.load = load;
    }

    void woken() {
        wokenNanos = metrics.nanos();
    }

    void begins() {
        startedNanos = metrics.nanos();
        long waited = startedNanos - wokenNanos;
        waitNanos.lazySet(waited);
        load.wait.record(waited, TimeUnit.NANOSECONDS);
    }

    void ends() {
        load.run.record(metrics.nanos() - startedNanos, TimeUnit.NANOSECONDS);
    }

    void tick(Runnable tick) {
        long started = metrics.nanos();
        tick.run();
        long took = metrics.nanos() - started;
        tickNanos.lazySet(took);
        load.tick.record(took, TimeUnit.NANOSECONDS);
    }

    /** A request that knows how long its player has waited once it was served. */
    Runnable timed(Runnable request) {
        long offered = metrics.nanos();
        return () -> {
            request.run();
            metrics.actionTime.record(metrics.nanos() - offered, TimeUnit.NANOSECONDS);
        };
    }

    /** The last wait for the thread. Any thread. */
    long waitMicros() {
        return TimeUnit.NANOSECONDS.toMicros(waitNanos.get());
    }

    /** The last tick. Any thread. */
    long tickMicros() {
        return TimeUnit.NANOSECONDS.toMicros(tickNanos.get());
    }
}
