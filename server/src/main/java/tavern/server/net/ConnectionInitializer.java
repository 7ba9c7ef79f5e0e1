package tavern.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tavern.server.guard.PacedLog;
import tavern.server.session.AddressBlocks;
import tavern.server.session.Connection;
import tavern.server.session.Stage;
import tavern.server.time.MonotonicClock;
import tavern.server.tls.ServerCertificate;

/** Builds the pipeline of each connection. */
final class ConnectionInitializer extends ChannelInitializer<Channel> {
    private static final PacedLog failures =
            PacedLog.perSecond(LoggerFactory.getLogger(ConnectionInitializer.class), 1);
    private static final int TLS_HANDSHAKE_MILLIS_MAX = 3_000;

    private final NetSettings.Limits limits;
    private final WebPageOrigins origins;
    private final AddressBlocks proxies;
    private final @Nullable ServerCertificate certificate;
    private final Function<Connection, Stage> firstStage;
    private final MonotonicClock clock;
    private final NetMetrics metrics;
    private final ChannelGroup connections;
    private final AcceptGate gate;
    private final OutboundBudget budget;
    private final Map<EventLoop, Loop> loops = new ConcurrentHashMap<>();

    ConnectionInitializer(
            NetSettings settings,
            @Nullable ServerCertificate certificate,
            Function<Connection, Stage> firstStage,
            MonotonicClock clock,
            NetMetrics metrics,
            ChannelGroup connections,
            AcceptGate gate,
            OutboundBudget budget) {
        this.limits = settings.limits();
        this.origins = new WebPageOrigins(settings.origins());
        this.proxies = AddressBlocks.of(settings.proxies());
        this.certificate = certificate;
        this.firstStage = firstStage;
        this.clock = clock;
        this.metrics = metrics;
        this.connections = connections;
        this.gate = gate;
        this.budget = budget;
    }

    @Override
    protected void initChannel(Channel channel) {
        connections.add(channel);
        InetAddress peer = ((InetSocketAddress) channel.remoteAddress()).getAddress();
        if (proxies.contain(peer)) {
            ProxyHeader.addTo(channel.pipeline(), limits.helloSeconds(), metrics, (pipeline, client) -> {
                if (client != null) {
                    gate.enter(channel, client);
                }
                addHandlers(pipeline, client == null ? peer : client);
            });
        } else {
            addHandlers(channel.pipeline(), peer);
        }
    }

    /** The path of a connection's bytes. @param address of the client */
    private void addHandlers(ChannelPipeline pipeline, InetAddress address) {
        Channel channel = pipeline.channel();
        if (certificate != null) {
            SslHandler handler = certificate.context().newHandler(channel.alloc());
            handler.setHandshakeTimeoutMillis(TLS_HANDSHAKE_MILLIS_MAX);
            pipeline.addLast("tls", handler);
        }
        Loop loop = loops.computeIfAbsent(
                channel.eventLoop(),
                eventLoop -> new Loop(
                        new IdleWheel(eventLoop, limits.idleSeconds()),
                        new LoopMemory(eventLoop, budget),
                        new MoveMessage()));
        ConnectionHandler connection = new ConnectionHandler(
                address, firstStage, limits, clock, metrics, loop.idle(), loop.memory(), budget, loop.move());
        pipeline.addLast("detector", new ProtocolDetector(detector -> upgrade(detector, connection.connection())));
        pipeline.addLast("connection", connection);
    }

    private void upgrade(ChannelHandlerContext detector, NettyConnection connection) {
        new WebSocketUpgrade(connection, origins, new WebSocket(connection, limits, clock)).addAfter(detector);
    }

    /** Netty would log a stack trace for each failure, and clients can connect as often as they like. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        failures.error("a connection could not be set up", cause);
        context.close();
    }

    /** The objects that the connections of an event loop share. */
    private record Loop(IdleWheel idle, LoopMemory memory, MoveMessage move) {}
}
