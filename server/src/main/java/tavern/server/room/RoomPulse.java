package tavern.server.room;

import java.util.concurrent.TimeUnit;

/** What one room's work costs: for its thread's histograms, and for operators who ask about the room. */
@OnRoomThread
final class RoomPulse {
    private final RoomMetrics metrics;
    private final ThreadLoad load;

    /** Written by whoever wakes the room, which hands it over to the room's thread. */
    private long wokenNanos;

    private long startedNanos;
    private long waitNanos;
    private long tickNanos;

    RoomPulse(RoomMetrics metrics, ThreadLoad load) {
        this.metrics = metrics;
        this.load = load;
    }

    void woken() {
        wokenNanos = metrics.nanos();
    }

    void begins() {
        startedNanos = metrics.nanos();
        waitNanos = startedNanos - wokenNanos;
        load.wait.record(waitNanos, TimeUnit.NANOSECONDS);
    }

    void ends() {
        load.run.record(metrics.nanos() - startedNanos, TimeUnit.NANOSECONDS);
    }

    void tick(Runnable tick) {
        long started = metrics.nanos();
        tick.run();
        tickNanos = metrics.nanos() - started;
        load.tick.record(tickNanos, TimeUnit.NANOSECONDS);
    }

    /** A request that knows how long its player has waited once it was served. */
    Runnable timed(Runnable request) {
        long offered = metrics.nanos();
        return () -> {
            request.run();
            metrics.actionTime.record(metrics.nanos() - offered, TimeUnit.NANOSECONDS);
        };
    }

    /** The last wait for the thread. */
    long waitMicros() {
        return TimeUnit.NANOSECONDS.toMicros(waitNanos);
    }

    /** The last tick. */
    long tickMicros() {
        return TimeUnit.NANOSECONDS.toMicros(tickNanos);
    }
}
