package tavern.bench.fanout;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import tavern.bench.Cores;
import tavern.bench.IoUringLoops;
import tavern.client.ClientTransport;

/** The load's event loops. While they are open, this whole process is pinned to the load's cores. */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for idle threads to end
final class LoadLoops implements AutoCloseable {
    private final Cores.ClosedTogether kept;
    private final EventLoopGroup loops;

    private LoadLoops(Cores.ClosedTogether kept, EventLoopGroup loops) {
        this.kept = kept;
        this.loops = loops;
    }

    static LoadLoops on(Cores cores, int threads) throws IOException, InterruptedException {
        // Pin first: new threads inherit the cores of the thread that starts them.
        Cores.ClosedTogether kept = cores.keepLoad();
        return new LoadLoops(kept, ClientTransport.loops(threads));
    }

    /**
     * One over io_uring, where the machine has it: players who are packed leave an epoll loop on one core hardly any time of its own, and
     * what waits for the load would be told as waiting for the server.
     */
    static LoadLoops ofPacked(Cores cores) throws IOException, InterruptedException {
        if (!IoUringLoops.areAvailable()) {
            return on(cores, 1);
        }
        Cores.ClosedTogether kept = cores.keepLoad();
        DefaultThreadFactory threads = new DefaultThreadFactory("load", true);
        return new LoadLoops(kept, new MultiThreadIoEventLoopGroup(1, threads, IoUringLoops.handlers()));
    }

    EventLoopGroup loops() {
        return loops;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        kept.close();
    }
}
