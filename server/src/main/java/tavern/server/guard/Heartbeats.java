package tavern.server.guard;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Ticker;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Tells whether the threads that serve players still take turns: each one notes the time once a second. Safe on any
 * thread.
 */
public final class Heartbeats {
    private static final long BEAT_MILLIS = 1_000;

    private final Ticker ticker;
    private final List<Pulse> pulses = new CopyOnWriteArrayList<>();

    public Heartbeats() {
        this(Ticker.systemTicker());
    }

    Heartbeats(Ticker ticker) {
        this.ticker = ticker;
    }

    /** A thread and how long ago it took its last turn. */
    public record Silence(String thread, long millis) {}

    /** The thread of one event loop. */
    private static final class Pulse {
        private volatile String thread;
        private volatile long lastNanos;

        Pulse(String thread, long nowNanos) {
            this.thread = thread;
            this.lastNanos = nowNanos;
        }

        void beat(long nowNanos) {
            thread = Thread.currentThread().getName();
            lastNanos = nowNanos;
        }
    }

    /** Watches the threads of the executors from now on. */
    @SuppressWarnings("FutureReturnValueIgnored") // the beat ends with its thread
    public void watch(Iterable<EventExecutor> executors) {
        for (EventExecutor executor : executors) {
            Pulse pulse = new Pulse("a thread that has not started", ticker.nanoTime());
            pulses.add(pulse);
            executor.scheduleWithFixedDelay(() -> pulse.beat(ticker.nanoTime()), 0, BEAT_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** The thread that has been silent for longest. */
    public Silence longest() {
        long now = ticker.nanoTime();
        String thread = "";
        long nanos = 0;
        for (Pulse pulse : pulses) {
            long silent = now - pulse.lastNanos;
            if (silent > nanos) {
                nanos = silent;
                thread = pulse.thread;
            }
        }
        // A healthy thread is silent between two beats.
        return new Silence(thread, Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos) - BEAT_MILLIS));
    }
}
