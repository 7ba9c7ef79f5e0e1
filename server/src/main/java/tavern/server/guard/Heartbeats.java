package tavern.server.guard;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Ticker;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Tells whether the threads that serve players still take turns: each one notes the time once a second. Safe on any
 * thread.
 */
public final class Heartbeats {
    private static final long BEAT_MILLIS = 1_000;

    /** The weight of the last second in a thread's share of a core: about five seconds count. */
    private static final double NEWEST_WEIGHT = 0.2;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

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

        /** CPU time of the thread, up to the last beat. */
        private long cpuNanos;

        /** Share of a core, the newest seconds most. */
        private volatile double share;

        Pulse(String thread, long nowNanos) {
            this.thread = thread;
            this.lastNanos = nowNanos;
        }

        void beat(long nowNanos) {
            thread = Thread.currentThread().getName();
            long cpu = THREADS.isCurrentThreadCpuTimeSupported() ? THREADS.getCurrentThreadCpuTime() : 0;
            long elapsed = nowNanos - lastNanos;
            if (cpuNanos > 0 && elapsed > 0) {
                double before = share;
                share = before + ((double) (cpu - cpuNanos) / elapsed - before) * NEWEST_WEIGHT;
            }
            cpuNanos = cpu;
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

    /** What the busiest of the threads has used of a core in the last seconds, in thousandths. */
    public int busiestPermille() {
        double most = 0;
        for (Pulse pulse : pulses) {
            most = Math.max(most, pulse.share);
        }
        return (int) Math.round(most * 1_000);
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
