package tavern.server.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.guard.ProcessLimits;
import tavern.server.room.Frames;
import tavern.server.session.Connection;
import tavern.server.session.Stage;
import tavern.server.time.MonotonicClock;
import tavern.server.tls.ServerCertificate;

/** Listens, and owns the connections. Starting and closing block; they are part of the server's start and end. */
public final class TcpServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TcpServer.class);
    private static final int PENDING_BYTES_LOW = 32 * 1024;
    private static final int PENDING_BYTES_HIGH = 64 * 1024;
    /**
     * The send buffer that the system keeps for a client that reads nothing; the system doubles this value. By default
     * it would take megabytes for each client, and nobody would count them.
     */
    private static final int SEND_BYTES = 128 * 1024;

    /** A client that no longer answers is taken for lost after this many seconds, or later if it may stall for longer. */
    private static final int USER_TIMEOUT_SECONDS_MIN = 10;

    /** Descriptors reserved for the store, the feed and operators, where there are enough. */
    private static final long DESCRIPTORS_FOR_OTHERS = 320;

    private final Channel listener;
    private final AcceptGate gate;
    private final ChannelGroup connections;

    private TcpServer(Channel listener, AcceptGate gate, ChannelGroup connections) {
        this.listener = listener;
        this.gate = gate;
        this.connections = connections;
    }

    /**
     * Blocks until connections are accepted.
     *
     * @param certificate null for plain TCP
     * @throws IOException when the address cannot be bound; the message names the cure
     */
    public static TcpServer start(
            NetSettings settings,
            @Nullable ServerCertificate certificate,
            EventLoops loops,
            Function<Connection, Stage> firstStage,
            MonotonicClock clock,
            OutboundBudget budget,
            NetMetrics metrics)
            throws IOException {
        NetSettings.Limits limits = settings.limits();
        Transport transport = loops.transport();
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        AcceptGate gate = new AcceptGate(settings, connectionsMax(limits), budget, metrics);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.acceptor(), loops.loops())
                .channel(transport.listener())
                .handler(gate)
                .childHandler(new ConnectionInitializer(
                        settings, certificate, firstStage, clock, metrics, connections, gate, budget))
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.SO_SNDBUF, SEND_BYTES)
                .childOption(ChannelOption.ALLOCATOR, Frames.ALLOCATOR)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(PENDING_BYTES_LOW, PENDING_BYTES_HIGH));
        if (transport == Transport.IO_URING) {
            bootstrap.childOption(ChannelOption.RECVBUF_ALLOCATOR, new ReadBuffers(budget));
        }
        if (transport.userTimeout() != null) {
            // The system also counts the time in which a client that is alive takes nothing.
            int seconds = Math.max(USER_TIMEOUT_SECONDS_MIN, 2 * limits.outboundStalledSeconds());
            bootstrap.childOption(transport.userTimeout(), seconds * 1_000);
        }
        ChannelFuture bound = bootstrap.bind(settings.host(), settings.port()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on net.host=" + settings.host() + " net.port=" + settings.port() + ": "
                            + bound.cause().getMessage() + "; choose another net.port, or 0 for any free one",
                    bound.cause());
        }
        TcpServer server = new TcpServer(bound.channel(), gate, connections);
        log.info("listening on {} with {}{}", server.address(), transport, certificate == null ? "" : " and TLS");
        return server;
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** The limit of the configuration, or less when the process has too few descriptors for it. */
    private static int connectionsMax(NetSettings.Limits limits) {
        long descriptors = ProcessLimits.descriptorsMax();
        long left = descriptors - ProcessLimits.descriptorsOpen() - Math.min(DESCRIPTORS_FOR_OTHERS, descriptors / 4);
        if (left >= limits.connectionsMax()) {
            return limits.connectionsMax();
        }
        int max = (int) Math.max(1, left);
        log.warn(
                "limits.connections-max = {}, but {} descriptors are enough for {} only: no more are taken; raise ulimit -n",
                limits.connectionsMax(),
                descriptors,
                max);
        return max;
    }

    /** The reason why nobody can connect now, or null when clients can. Safe on any thread. */
    public @Nullable String closedBecause() {
        return gate.closedBecause();
    }

    /** The current number of connections. */
    public int connections() {
        return connections.size();
    }

    /** Accepts no new connections; the present ones stay. */
    public void stopListening() {
        listener.close().awaitUninterruptibly();
    }

    /** Gives closing connections a moment to end, then leaves the rest to the end of their loops. */
    @Override
    public void close() {
        stopListening();
        // A socket that is closed with unread bytes is reset, and the last message to the client may be lost with it.
        connections.newCloseFuture().awaitUninterruptibly(NettyConnection.GOODBYE_SECONDS_MAX + 1, TimeUnit.SECONDS);
    }
}
