package tavern.server.guard;

import com.github.benmanes.caffeine.cache.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * How many descriptors the process uses. The system has to list them all to count them (10 ms of CPU time for 10,000),
 * so they are counted rarely; in between, the number follows that of the connections. Safe on any thread.
 */
public final class OpenDescriptors {
    private static final long COUNT_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final LongSupplier counter;
    private final IntSupplier connections;
    private final Ticker ticker;

    // Guarded by this.
    private long others;
    private long countedNanos;
    private boolean isCounted;

    /** @param connections how many of them belong to connections now */
    public OpenDescriptors(IntSupplier connections, Ticker ticker) {
        this(ProcessLimits::descriptorsOpen, connections, ticker);
    }

    OpenDescriptors(LongSupplier counter, IntSupplier connections, Ticker ticker) {
        this.counter = counter;
        this.connections = connections;
        this.ticker = ticker;
    }

    public synchronized long count() {
        long now = ticker.read();
        if (!isCounted || now - countedNanos >= COUNT_NANOS) {
            isCounted = true;
            countedNanos = now;
            others = counter.getAsLong() - connections.getAsInt();
        }
        return others + connections.getAsInt();
    }
}
