package tavern.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tavern.server.session.Connection;
import tavern.server.session.Stage;

/** Builds the pipeline of each connection. */
final class ConnectionInitializer extends ChannelInitializer<Channel> {
    private static final int TLS_HANDSHAKE_MILLIS_MAX = 3_000;

    private final NetSettings.Limits limits;
    private final @Nullable SslContext tls;
    private final Function<Connection, Stage> firstStage;
    private final InstantSource clock;
    private final NetMetrics metrics;
    private final ChannelGroup connections;
    private final Map<EventLoop, Loop> loops = new ConcurrentHashMap<>();

    ConnectionInitializer(
            NetSettings.Limits limits,
            @Nullable SslContext tls,
            Function<Connection, Stage> firstStage,
            InstantSource clock,
            NetMetrics metrics,
            ChannelGroup connections) {
        this.limits = limits;
        this.tls = tls;
        this.firstStage = firstStage;
        this.clock = clock;
        this.metrics = metrics;
        this.connections = connections;
    }

    @Override
    protected void initChannel(Channel channel) {
        connections.add(channel);
        ChannelPipeline pipeline = channel.pipeline();
        if (tls != null) {
            SslHandler handler = tls.newHandler(channel.alloc());
            handler.setHandshakeTimeoutMillis(TLS_HANDSHAKE_MILLIS_MAX);
            pipeline.addLast("tls", handler);
        }
        Loop loop = loops.computeIfAbsent(
                channel.eventLoop(),
                eventLoop -> new Loop(new IdleWheel(eventLoop, limits.idleSeconds()), new MoveMessage()));
        pipeline.addLast(
                "connection", new ConnectionHandler(firstStage, limits, clock, metrics, loop.idle(), loop.move()));
    }

    /** What the connections of an event loop share. */
    private record Loop(IdleWheel idle, MoveMessage move) {}
}
