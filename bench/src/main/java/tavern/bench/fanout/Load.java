package tavern.bench.fanout;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import tavern.bench.Cores;
import tavern.sim.client.Transport;

/** The load's event loops, on the cores that it is to keep to; with it all of this process. */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for idle threads to end
final class Load implements AutoCloseable {
    private final Cores.Kept kept;
    private final EventLoopGroup loops;

    private Load(Cores.Kept kept, EventLoopGroup loops) {
        this.kept = kept;
        this.loops = loops;
    }

    static Load on(Cores cores, int threads) throws IOException, InterruptedException {
        // First: threads run where whoever makes them runs.
        Cores.Kept kept = cores.keepLoad();
        return new Load(kept, Transport.loops(threads));
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
