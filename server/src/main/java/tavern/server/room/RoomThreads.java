package tavern.server.room;

import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The fixed group of threads that run rooms, each with its share of the ticks: those of the network, or some of the
 * rooms' own.
 */
final class RoomThreads implements AutoCloseable {
    private final @Nullable EventExecutorGroup own;
    private final List<TickPhases> phases = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    /** @param network on whose threads rooms run when {@code count} is 0 */
    RoomThreads(int count, EventExecutorGroup network, int tickHz, InstantSource clock, RoomMetrics metrics) {
        own = count == 0 ? null : new DefaultEventExecutorGroup(count, new DefaultThreadFactory("room", true));
        for (EventExecutor executor : own == null ? network : own) {
            phases.add(new TickPhases(executor, phases.size(), tickHz, clock, metrics));
        }
    }

    /** The thread for the next room. */
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
