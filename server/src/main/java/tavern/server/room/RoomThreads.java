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

/** The fixed group of threads that run rooms, each with its share of the ticks. */
final class RoomThreads implements AutoCloseable {
    private final EventExecutorGroup group;
    private final List<TickPhases> phases = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    RoomThreads(int threads, int tickHz, InstantSource clock, RoomMetrics metrics) {
        int count = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        group = new DefaultEventExecutorGroup(count, new DefaultThreadFactory("room", true));
        for (EventExecutor executor : group) {
            phases.add(new TickPhases(executor, phases.size(), tickHz, clock, metrics));
        }
    }

    /** The thread for the next room. */
    TickPhases next() {
        return phases.get(Math.floorMod(next.getAndIncrement(), phases.size()));
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }
}
