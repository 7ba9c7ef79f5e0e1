package tavern.server.room;

import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tavern.server.time.MonotonicClock;

/**
 * The fixed group of threads that run rooms, each with its share of the ticks: either the network's threads, or threads
 * that only rooms use.
 */
final class RoomThreads implements AutoCloseable {
    private final @Nullable EventExecutorGroup own;
    private final List<TickPhases> phases = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    /** @param network whose threads run the rooms when {@code count} is 0 */
    RoomThreads(int count, EventExecutorGroup network, int tickHz, MonotonicClock clock, RoomMetrics metrics) {
        own = count == 0 ? null : new DefaultEventExecutorGroup(count, new DefaultThreadFactory("room", true));
        for (EventExecutor executor : own == null ? network : own) {
            phases.add(new TickPhases(executor, phases.size(), tickHz, clock, metrics));
        }
    }

    /** The threads that only rooms use; none when rooms run on the network's threads. */
    Iterable<EventExecutor> own() {
        return own == null ? List.of() : own;
    }

    /** The ticks of the thread for the next room. */
    TickPhases next() {
        return phases.get(Math.floorMod(next.getAndIncrement(), phases.size()));
    }

    @Override
    public void close() {
        if (own != null) {
            own.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
        }
    }
}
