package tavern.server.room;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Measures the work of one room: for its thread's histograms, and for operators who query the room. */
@OnRoomThread
final class RoomPulse {
    private final RoomMetrics metrics;
    private final ThreadLoad load;

    /** Written by the thread that wakes the room, which hands it over to the room's thread. */
    private long wokenNanos;

    private long startedNanos;

    /** What the room has done since it was last asked. */
    private long workNanos;

    /** Any thread may read these two; no thread waits for them. */
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
        long took = metrics.nanos() - startedNanos;
        workNanos += took;
        load.run.record(took, TimeUnit.NANOSECONDS);
    }

    void tick(Runnable tick) {
        long started = metrics.nanos();
        tick.run();
        long took = metrics.nanos() - started;
        workNanos += took;
        tickNanos.lazySet(took);
        load.tick.record(took, TimeUnit.NANOSECONDS);
    }

    /** The time that turns and ticks have taken since the last call. */
    long takeWorkNanos() {
        long taken = workNanos;
        workNanos = 0;
        return taken;
    }

    /** Wraps a request so that the time its player waited is recorded once it is served. */
    Runnable timed(Runnable request) {
        long offered = metrics.nanos();
        return () -> {
            request.run();
            metrics.actionTime.record(metrics.nanos() - offered, TimeUnit.NANOSECONDS);
        };
    }

    /** The room's last wait for its thread. Safe on any thread. */
    long waitMicros() {
        return TimeUnit.NANOSECONDS.toMicros(waitNanos.get());
    }

    /** The duration of the last tick. Safe on any thread. */
    long tickMicros() {
        return TimeUnit.NANOSECONDS.toMicros(tickNanos.get());
    }
}
