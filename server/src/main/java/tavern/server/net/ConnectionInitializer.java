package tavern.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.ssl.SslHandler;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tavern.server.guard.PacedLog;
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
    private final @Nullable ServerCertificate certificate;
    private final Function<Connection, Stage> firstStage;
    private final MonotonicClock clock;
    private final NetMetrics metrics;
    private final ChannelGroup connections;
    private final OutboundBudget budget;
    private final Map<EventLoop, Loop> loops = new ConcurrentHashMap<>();

    ConnectionInitializer(
            NetSettings.Limits limits,
            @Nullable ServerCertificate certificate,
            Function<Connection, Stage> firstStage,
            MonotonicClock clock,
            NetMetrics metrics,
            ChannelGroup connections,
            OutboundBudget budget) {
        this.limits = limits;
        this.certificate = certificate;
        this.firstStage = firstStage;
        this.clock = clock;
        this.metrics = metrics;
        this.connections = connections;
        this.budget = budget;
    }

    @Override
    protected void initChannel(Channel channel) {
        connections.add(channel);
        ChannelPipeline pipeline = channel.pipeline();
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
        pipeline.addLast(
                "connection",
                new ConnectionHandler(
                        firstStage, limits, clock, metrics, loop.idle(), loop.memory(), budget, loop.move()));
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
