package tavern.server.room;

import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
    private final List<Host> hosts = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    /** What the rooms of one thread share. */
    record Host(TickPhases ticks, WriteBeat writes) {
        EventExecutor executor() {
            return ticks.executor();
        }

        ThreadLoad load() {
            return ticks.load();
        }

        ThreadStrain strain() {
            return ticks.strain();
        }
    }

    /** @param network whose threads run the rooms if rooms have none of their own */
    RoomThreads(RoomSettings settings, EventExecutorGroup network, MonotonicClock clock, RoomMetrics metrics) {
        int count = settings.threads();
        own = count == 0 ? null : new DefaultEventExecutorGroup(count, new DefaultThreadFactory("room", true));
        CopyOnWriteArrayList<ThreadStrain> strains = new CopyOnWriteArrayList<>();
        long intervalNanos = TimeUnit.SECONDS.toNanos(1) / settings.tickHz();
        for (EventExecutor executor : own == null ? network : own) {
            hosts.add(new Host(
                    new TickPhases(
                            executor,
                            hosts.size(),
                            settings.tickHz(),
                            clock,
                            metrics,
                            new ThreadStrain(strains, intervalNanos)),
                    new WriteBeat(executor, clock, settings.chatFlushMillis())));
        }
    }

    /** The threads that only rooms use; none when rooms run on the network's threads. */
    Iterable<EventExecutor> own() {
        return own == null ? List.of() : own;
    }

    /** The thread for the next room. */
    Host next() {
        return hosts.get(Math.floorMod(next.getAndIncrement(), hosts.size()));
    }

    @Override
    public void close() {
        if (own != null) {
            own.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
        }
    }
}
