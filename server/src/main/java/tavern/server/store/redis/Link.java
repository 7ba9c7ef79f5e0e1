package tavern.server.store.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import tavern.server.store.StoreSettings;

/** The connections to a Redis server or a Redis Cluster, which look alike from here on. */
final class Link implements AutoCloseable {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
    private static final Duration CLOSE_WITHIN = Duration.ofMillis(500);
    private static final int COMMANDS_IN_A_FLUSH_MAX = 256;

    private final ClientResources resources;
    private final AbstractRedisClient client;
    private final StatefulConnection<byte[], byte[]> connection;
    private final RedisClusterAsyncCommands<byte[], byte[]> commands;

    private Link(
            ClientResources resources,
            AbstractRedisClient client,
            StatefulConnection<byte[], byte[]> connection,
            RedisClusterAsyncCommands<byte[], byte[]> commands) {
        this.resources = resources;
        this.client = client;
        this.connection = connection;
        this.commands = commands;
    }

    /**
     * Connects, and has the server that the realm is on looked at before anything is asked of it.
     *
     * @throws io.lettuce.core.RedisException when it cannot be connected to
     */
    static Link open(StoreSettings settings, RedisURI uri, String tag, ServerCheck check) {
        ClientResources resources = resources();
        try {
            RedisClient single = RedisClient.create(resources, uri);
            single.setOptions(options(ClientOptions.builder(), settings).build());
            boolean cluster;
            try (StatefulRedisConnection<String, String> probe = single.connect(StringCodec.UTF8)) {
                cluster = check.isCluster(probe.sync());
                if (!cluster) {
                    check.accept(probe.sync());
                    StatefulRedisConnection<byte[], byte[]> connection = single.connect(ByteArrayCodec.INSTANCE);
                    return new Link(resources, single, connection, connection.async());
                }
            } catch (Throwable e) {
                single.shutdown(Duration.ZERO, CLOSE_WITHIN);
                throw e;
            }
            single.shutdown(Duration.ZERO, CLOSE_WITHIN);
            return openCluster(resources, settings, uri, tag, check);
        } catch (Throwable e) {
            shutdown(resources);
            throw e;
        }
    }

    private static Link openCluster(
            ClientResources resources, StoreSettings settings, RedisURI uri, String tag, ServerCheck check) {
        RedisClusterClient client = RedisClusterClient.create(resources, uri);
        try {
            client.setOptions((ClusterClientOptions) options(
                            ClusterClientOptions.builder()
                                    .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                                            .enablePeriodicRefresh(Duration.ofSeconds(30))
                                            .enableAllAdaptiveRefreshTriggers()
                                            .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                                            .build()),
                            settings)
                    .build());
            try (StatefulRedisClusterConnection<String, String> probe = client.connect(StringCodec.UTF8)) {
                int slot = SlotHash.getSlot(tag);
                var master = client.getPartitions().getMasterBySlot(slot);
                check.accept(probe.getConnection(master.getNodeId()).sync());
            }
            StatefulRedisClusterConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
            return new Link(resources, client, connection, connection.async());
        } catch (Throwable e) {
            client.shutdown(Duration.ZERO, CLOSE_WITHIN);
            throw e;
        }
    }

    private static ClientResources resources() {
        return ClientResources.builder()
                .reconnectDelay(
                        Delay.equalJitter(Duration.ofMillis(50), Duration.ofSeconds(1), 50, TimeUnit.MILLISECONDS))
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        // Commands are flushed one by one: what comes together goes out together, in few system calls.
                        channel.pipeline().addFirst(new FlushConsolidationHandler(COMMANDS_IN_A_FLUSH_MAX, true));
                    }
                })
                .build();
    }

    private static <B extends ClientOptions.Builder> B options(B builder, StoreSettings settings) {
        Duration timeout = Duration.ofMillis(settings.redis().commandTimeoutMillis());
        builder.protocolVersion(ProtocolVersion.RESP3)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                // Room for what timed out and is still to be answered, beside what is in flight.
                .requestQueueSize(2 * settings.operationsInFlightMax())
                // Nothing is sent again after a reconnect: whoever asked decides.
                .replayFilter(command -> true)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .timeoutOptions(TimeoutOptions.enabled(timeout))
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT_WITHIN)
                        .keepAlive(SocketOptions.KeepAliveOptions.builder()
                                .enable()
                                .idle(Duration.ofSeconds(10))
                                .interval(Duration.ofSeconds(5))
                                .count(3)
                                .build())
                        .tcpUserTimeout(SocketOptions.TcpUserTimeoutOptions.builder()
                                .enable()
                                .tcpUserTimeout(Duration.ofSeconds(5))
                                .build())
                        .build());
        return builder;
    }

    RedisClusterAsyncCommands<byte[], byte[]> commands() {
        return commands;
    }

    /** For what is to be done later. */
    ScheduledExecutorService timer() {
        return resources.eventExecutorGroup();
    }

    /** For listening; reconnects by itself, as all do. */
    StatefulRedisPubSubConnection<String, String> subscriber() {
        return client instanceof RedisClusterClient cluster
                ? cluster.connectPubSub(StringCodec.UTF8)
                : ((RedisClient) client).connectPubSub(StringCodec.UTF8);
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown(Duration.ZERO, CLOSE_WITHIN);
        shutdown(resources);
    }

    private static void shutdown(ClientResources resources) {
        resources.shutdown(0, CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }
}
