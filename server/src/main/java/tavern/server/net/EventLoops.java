package tavern.server.net;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutorGroup;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that serve connections, one a core, and the one that accepts them. Rooms may run on them too. Start and close
 * block; they belong to the start and the end of the server.
 */
public final class EventLoops implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventLoops.class);

    private final Transport transport;
    private final EventLoopGroup acceptor;
    private final EventLoopGroup loops;

    private EventLoops(Transport transport, EventLoopGroup acceptor, EventLoopGroup loops) {
        this.transport = transport;
        this.acceptor = acceptor;
        this.loops = loops;
    }

    /** @throws IOException when this machine does not have the transport that is asked for */
    public static EventLoops start(NetSettings settings) throws IOException {
        IllegalStateException refusal = null;
        for (Transport transport : Transport.candidates(settings.transport())) {
            try {
                return on(transport);
            } catch (IllegalStateException e) {
                // The kernel may have io_uring and yet refuse as many rings as there are loops.
                log.warn("no event loops can be had with {}: {}", transport, e.toString());
                refusal = e;
            }
        }
        throw new IOException("no event loops can be had; choose another net.transport", refusal);
    }

    private static EventLoops on(Transport transport) {
        EventLoopGroup acceptor = loops(1, "accept", transport);
        try {
            return new EventLoops(
                    transport, acceptor, loops(Runtime.getRuntime().availableProcessors(), "net", transport));
        } catch (IllegalStateException e) {
            acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw e;
        }
    }

    private static EventLoopGroup loops(int threads, String name, Transport transport) {
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), transport.handlers());
    }

    Transport transport() {
        return transport;
    }

    EventLoopGroup acceptor() {
        return acceptor;
    }

    EventLoopGroup loops() {
        return loops;
    }

    /** For what else is to run where connections are served. */
    public EventExecutorGroup threads() {
        return loops;
    }

    /** After all connections are closed. */
    @Override
    public void close() {
        loops.shutdownGracefully(100, 2_000, TimeUnit.MILLISECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
        // Last: connections that close are counted out on the acceptor's loop.
        acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
