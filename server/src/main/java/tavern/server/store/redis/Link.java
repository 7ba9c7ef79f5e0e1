package tavern.server.store.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisServerAsyncCommands;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import reactor.core.Disposable;
import tavern.server.store.StoreSettings;

/** The connections to a Redis server or a Redis Cluster; users of this class need not know which. */
final class Link implements AutoCloseable {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
    private static final Duration CLOSE_WITHIN = Duration.ofMillis(500);
    private static final int COMMANDS_IN_A_FLUSH_MAX = 256;

    private static final long GIVE_UP_MILLIS_MIN = 1_000;

    private final ClientResources resources;
    private final AbstractRedisClient client;
    private final StatefulConnection<byte[], byte[]> connection;
    private final RedisClusterAsyncCommands<byte[], byte[]> commands;
    private final ChannelGroup channels;
    private final int slot;
    private final AtomicBoolean gaveUpLately = new AtomicBoolean();
    private volatile Runnable stopListening = () -> {};

    private Link(
            ClientResources resources,
            AbstractRedisClient client,
            StatefulConnection<byte[], byte[]> connection,
            RedisClusterAsyncCommands<byte[], byte[]> commands,
            ChannelGroup channels,
            int slot) {
        this.resources = resources;
        this.client = client;
        this.connection = connection;
        this.commands = commands;
        this.channels = channels;
        this.slot = slot;
    }

    /**
     * Connects, and has the server that holds the realm checked before any other command is sent.
     *
     * @throws io.lettuce.core.RedisException when the connection fails
     */
    static Link open(StoreSettings settings, RedisURI uri, String tag, ServerCheck check) {
        ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
        ClientResources resources = resources(channels);
        int slot = SlotHash.getSlot(tag);
        try {
            RedisClient single = RedisClient.create(resources, uri);
            single.setOptions(options(ClientOptions.builder(), settings).build());
            boolean cluster;
            try (StatefulRedisConnection<String, String> probe = single.connect(StringCodec.UTF8)) {
                cluster = check.isCluster(probe.sync());
                if (!cluster) {
                    check.accept(probe.sync());
                    StatefulRedisConnection<byte[], byte[]> connection = single.connect(ByteArrayCodec.INSTANCE);
                    return new Link(resources, single, connection, connection.async(), channels, slot);
                }
            } catch (Throwable e) {
                single.shutdown(Duration.ZERO, CLOSE_WITHIN);
                throw e;
            }
            single.shutdown(Duration.ZERO, CLOSE_WITHIN);
            return openCluster(resources, channels, settings, uri, slot, check);
        } catch (Throwable e) {
            shutdown(resources);
            throw e;
        }
    }

    private static Link openCluster(
            ClientResources resources,
            ChannelGroup channels,
            StoreSettings settings,
            RedisURI uri,
            int slot,
            ServerCheck check) {
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
                RedisClusterNode master = client.getPartitions().getMasterBySlot(slot);
                if (master == null) {
                    throw new RedisException("the Redis Cluster has no master for slot " + slot + " now");
                }
                check.accept(probe.getConnection(master.getNodeId()).sync());
            }
            StatefulRedisClusterConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
            // Connections to masters are opened when first needed, and commands sent before they are open are rejected.
            RedisURI master = client.getPartitions().getMasterBySlot(slot).getUri();
            connection.getConnection(master.getHost(), master.getPort());
            return new Link(resources, client, connection, connection.async(), channels, slot);
        } catch (Throwable e) {
            client.shutdown(Duration.ZERO, CLOSE_WITHIN);
            throw e;
        }
    }

    private static ClientResources resources(ChannelGroup channels) {
        return ClientResources.builder()
                .reconnectDelay(
                        Delay.equalJitter(Duration.ofMillis(50), Duration.ofSeconds(1), 50, TimeUnit.MILLISECONDS))
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        channels.add(channel);
                        // Commands are flushed one by one: this combines flushes that come together, to save system
                        // calls.
                        channel.pipeline().addFirst(new FlushConsolidationHandler(COMMANDS_IN_A_FLUSH_MAX, true));
                    }
                })
                .build();
    }

    private static <B extends ClientOptions.Builder> B options(B builder, StoreSettings settings) {
        Duration timeout = Duration.ofMillis(settings.redis().commandTimeoutMillis());
        builder.protocolVersion(ProtocolVersion.RESP3)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                // Room for commands that timed out and are still to be answered, in addition to those in flight.
                .requestQueueSize(2 * settings.operationsInFlightMax())
                // Nothing is sent again after a reconnect: that is the caller's decision.
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

    /** Leads to the server that has the realm, for what concerns that server and not its keys. */
    CompletionStage<? extends RedisServerAsyncCommands<byte[], byte[]>> server() {
        if (!(connection instanceof StatefulRedisClusterConnection<byte[], byte[]> cluster)) {
            return CompletableFuture.completedStage(commands);
        }
        RedisClusterNode master = cluster.getPartitions().getMasterBySlot(slot);
        return master == null
                ? CompletableFuture.failedStage(new RedisException("the Redis Cluster has no master for the realm now"))
                : cluster.getConnectionAsync(
                                master.getUri().getHost(), master.getUri().getPort())
                        .thenApply(StatefulRedisConnection::async);
    }

    /**
     * Calls {@code changed} whenever the connection over which commands reach the realm was lost, whenever one was
     * opened, and whenever another master of a cluster has the realm, on a thread that must not block.
     */
    void listen(Runnable changed) {
        // The client tells of all its connections; in a cluster the one that counts leads to the slot's master.
        RedisConnectionStateListener listener = new RedisConnectionStateListener() {
            @Override
            public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress address) {
                ifRealms(handler, changed);
            }

            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                ifRealms(handler, changed);
            }
        };
        client.addListener(listener);
        // A planned fail-over loses no connection, and the one to the new master may be opened while the old one still
        // counts as the master.
        Disposable moves = resources
                .eventBus()
                .get()
                .ofType(ClusterTopologyChangedEvent.class)
                .filter(event -> !master(event.before()).equals(master(event.after())))
                .subscribe(event -> changed.run());
        stopListening = () -> {
            client.removeListener(listener);
            moves.dispose();
        };
    }

    /** The id of the node that has the realm's slot. */
    private Optional<String> master(List<RedisClusterNode> nodes) {
        return nodes.stream()
                .filter(node -> node.hasSlot(slot))
                .map(RedisClusterNode::getNodeId)
                .findFirst();
    }

    private void ifRealms(RedisChannelHandler<?, ?> handler, Runnable changed) {
        if (!(connection instanceof StatefulRedisClusterConnection<byte[], byte[]> cluster)) {
            if (handler == connection) {
                changed.run();
            }
            return;
        }
        RedisClusterNode master = cluster.getPartitions().getMasterBySlot(slot);
        if (master != null) {
            cluster.getConnectionAsync(
                            master.getUri().getHost(), master.getUri().getPort())
                    .thenAccept(open -> {
                        if (open == handler) {
                            changed.run();
                        }
                    });
        }
    }

    /**
     * Closes all connections, at most once a second. They are opened again automatically, each after resolving the
     * address or, in a cluster, after finding out who the masters are.
     */
    void giveUp() {
        if (timer().isShutdown() || !gaveUpLately.compareAndSet(false, true)) {
            return;
        }
        timer().schedule(() -> gaveUpLately.set(false), GIVE_UP_MILLIS_MIN, TimeUnit.MILLISECONDS);
        if (client instanceof RedisClusterClient cluster) {
            cluster.refreshPartitionsAsync();
        }
        channels.close();
    }

    /**
     * Supplies a connection to the master that holds the realm, on which commands may wait without holding up others.
     * Connects at the first call.
     */
    Supplier<CompletionStage<StatefulRedisConnection<byte[], byte[]>>> waitingConnection() {
        if (client instanceof RedisClusterClient cluster) {
            StatefulRedisClusterConnection<byte[], byte[]> own = cluster.connect(ByteArrayCodec.INSTANCE);
            return () -> own.getConnectionAsync(
                    cluster.getPartitions().getMasterBySlot(slot).getNodeId());
        }
        CompletionStage<StatefulRedisConnection<byte[], byte[]>> own =
                CompletableFuture.completedFuture(((RedisClient) client).connect(ByteArrayCodec.INSTANCE));
        return () -> own;
    }

    /** For tasks that run later. */
    ScheduledExecutorService timer() {
        return resources.eventExecutorGroup();
    }

    /** For subscriptions; reconnects automatically, like all connections. */
    StatefulRedisPubSubConnection<String, String> subscriber() {
        return client instanceof RedisClusterClient cluster
                ? cluster.connectPubSub(StringCodec.UTF8)
                : ((RedisClient) client).connectPubSub(StringCodec.UTF8);
    }

    @Override
    public void close() {
        stopListening.run();
        connection.close();
        client.shutdown(Duration.ZERO, CLOSE_WITHIN);
        shutdown(resources);
    }

    private static void shutdown(ClientResources resources) {
        resources.shutdown(0, CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }
}
