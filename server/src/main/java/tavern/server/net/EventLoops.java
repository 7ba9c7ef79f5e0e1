package tavern.server.net;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutorGroup;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.guard.Heartbeats;

/**
 * The threads that serve connections, one for each core, and the one that accepts them. Rooms may run on them too.
 * Starting and closing block; they are part of the server's start and end.
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

    /** @throws IOException when this machine lacks the configured transport */
    public static EventLoops start(NetSettings settings) throws IOException {
        IllegalStateException refusal = null;
        for (Transport transport : Transport.candidates(settings.transport())) {
            try {
                if (transport == Transport.NIO && settings.transport() == NetSettings.Transport.AUTO) {
                    Transport.whyNotNative()
                            .ifPresent(why -> log.warn(
                                    "neither io_uring nor epoll is available ({}); nio is used, which costs"
                                            + " more CPU",
                                    why));
                }
                return on(transport);
            } catch (IllegalStateException e) {
                // The kernel may support io_uring and yet refuse as many rings as there are loops.
                log.warn("event loops cannot be created with {}: {}", transport, e.toString());
                refusal = e;
            }
        }
        throw new IOException("event loops cannot be created; choose another net.transport", refusal);
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

    /** Lets the heartbeats watch all these threads from now on. */
    public void watchedBy(Heartbeats heartbeats) {
        heartbeats.watch(acceptor);
        heartbeats.watch(loops);
    }

    /** The threads, for other work that runs where connections are served. */
    public EventExecutorGroup threads() {
        return loops;
    }

    /** Must be called after all connections are closed. */
    @Override
    public void close() {
        loops.shutdownGracefully(100, 2_000, TimeUnit.MILLISECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
        // Closed last: connections that close are counted on the acceptor's loop.
        acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
