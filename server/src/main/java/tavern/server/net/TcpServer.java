package tavern.server.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.room.Frames;
import tavern.server.session.Connection;
import tavern.server.session.Stage;

/** Listens, and has the connections. Start and close block; they belong to the start and the end of the server. */
public final class TcpServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TcpServer.class);
    private static final int PENDING_BYTES_LOW = 32 * 1024;
    private static final int PENDING_BYTES_HIGH = 64 * 1024;
    private static final int USER_TIMEOUT_MILLIS = 10_000;

    private final Channel listener;
    private final ChannelGroup connections;

    private TcpServer(Channel listener, ChannelGroup connections) {
        this.listener = listener;
        this.connections = connections;
    }

    /** @throws IOException when the address cannot be had or the certificate not be read; the message names the cure */
    public static TcpServer start(
            NetSettings settings,
            EventLoops loops,
            Function<Connection, Stage> firstStage,
            InstantSource clock,
            NetMetrics metrics)
            throws IOException {
        NetSettings.Limits limits = settings.limits();
        SslContext tls = tls(settings.tls());
        Transport transport = loops.transport();
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.acceptor(), loops.loops())
                .channel(transport.listener())
                .handler(new AcceptGate(limits, metrics))
                .childHandler(new ConnectionInitializer(limits, tls, firstStage, clock, metrics, connections))
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, Frames.ALLOCATOR)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(PENDING_BYTES_LOW, PENDING_BYTES_HIGH));
        if (transport.userTimeout() != null) {
            bootstrap.childOption(transport.userTimeout(), USER_TIMEOUT_MILLIS);
        }
        ChannelFuture bound = bootstrap.bind(settings.host(), settings.port()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on net.host=" + settings.host() + " net.port=" + settings.port() + ": "
                            + bound.cause().getMessage() + "; choose another net.port, or 0 for any free one",
                    bound.cause());
        }
        TcpServer server = new TcpServer(bound.channel(), connections);
        log.info("listening on {} with {}{}", server.address(), transport, tls == null ? "" : " and TLS");
        return server;
    }

    private static @Nullable SslContext tls(NetSettings.@Nullable Tls tls) throws IOException {
        return tls == null
                ? null
                : SslContextBuilder.forServer(
                                tls.certificate().toFile(), tls.key().toFile())
                        .protocols("TLSv1.3", "TLSv1.2")
                        .build();
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** Connections there are now. */
    public int connections() {
        return connections.size();
    }

    /** No new connections; those there are go on. */
    public void stopListening() {
        listener.close().awaitUninterruptibly();
    }

    /** Gives connections that are ending a moment to end, then leaves the rest to the end of their loops. */
    @Override
    public void close() {
        stopListening();
        // A socket that is closed with bytes unread is reset, and what the client was told last may be lost with it.
        connections.newCloseFuture().awaitUninterruptibly(NettyConnection.GOODBYE_SECONDS_MAX + 1, TimeUnit.SECONDS);
    }
}
