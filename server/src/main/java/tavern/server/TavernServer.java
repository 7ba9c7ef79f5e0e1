package tavern.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Limits;
import tavern.protocol.v1.Welcome;
import tavern.server.cache.Players;
import tavern.server.cluster.Leases;
import tavern.server.cluster.Node;
import tavern.server.cluster.StoreLeases;
import tavern.server.config.TavernConfig;
import tavern.server.feed.Feed;
import tavern.server.feed.rabbitmq.RabbitFeed;
import tavern.server.game.GameSettings;
import tavern.server.game.Goods;
import tavern.server.game.RoomRules;
import tavern.server.game.TavernRules;
import tavern.server.game.WordFilter;
import tavern.server.net.EventLoops;
import tavern.server.net.NetMetrics;
import tavern.server.net.TcpServer;
import tavern.server.ops.Host;
import tavern.server.ops.OpsServer;
import tavern.server.ops.OpsServices;
import tavern.server.room.RoomMetrics;
import tavern.server.room.RoomServices;
import tavern.server.session.AuthThrottle;
import tavern.server.session.Authenticator;
import tavern.server.session.Freezes;
import tavern.server.session.HandshakeStage;
import tavern.server.session.Logins;
import tavern.server.session.SessionMetrics;
import tavern.server.session.Sessions;
import tavern.server.store.Store;
import tavern.server.store.StoreOpenException;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.store.redis.RedisStore;

/** The whole server: built top to bottom, closed bottom to top. */
public final class TavernServer implements AutoCloseable, Host {
    private static final Logger log = LoggerFactory.getLogger(TavernServer.class);

    /**
     * A stop takes less than 30 s, whatever hangs: 11 for the rooms to finish, 1 for the books, then 3 for the last words of
     * connections, 3 and 2 for their threads, 3 for the rooms' threads; that leaves 3 for the feed and 3 for the store.
     */
    private static final long DRAIN_SECONDS_MAX = 11;

    private static final long FREEZES_SECONDS_MAX = 10;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Sessions sessions;
    private final TcpServer tcp;
    private final @Nullable OpsServer ops;
    private final AtomicReference<@Nullable CompletableFuture<Void>> draining = new AtomicReference<>();

    /** Starts with the built-in rules. */
    public static TavernServer start(TavernConfig config) throws IOException, GeneralSecurityException {
        WordFilter filter = WordFilter.of(config.game().filteredWords());
        return start(config, TavernRules.factory(config.game(), filter), filter, new SteadyClock());
    }

    /** Starts with the built-in rules on a store of one's own, which is closed with the server. */
    public static TavernServer start(TavernConfig config, Store store) throws IOException, GeneralSecurityException {
        WordFilter filter = WordFilter.of(config.game().filteredWords());
        return new TavernServer(config, store, TavernRules.factory(config.game(), filter), filter, new SteadyClock());
    }

    /**
     * Starts with rules of one's own. Blocks until connections are taken.
     *
     * @throws StoreOpenException when the store cannot be had
     * @throws tavern.server.feed.FeedOpenException when the broker refuses what is configured
     * @throws IOException when the address cannot be had, or a key not be read
     * @throws GeneralSecurityException when a key does not fit
     */
    public static TavernServer start(
            TavernConfig config, RoomRules.Factory rules, WordFilter filter, InstantSource clock)
            throws IOException, GeneralSecurityException {
        return new TavernServer(config, openStore(config), rules, filter, clock);
    }

    private TavernServer(
            TavernConfig config, Store store, RoomRules.Factory rules, WordFilter filter, InstantSource clock)
            throws IOException, GeneralSecurityException {
        GameSettings game = config.game();
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try {
            // 1. What must not be lost, and what stands in front of it.
            opened(store);
            Goods starterStacks = new Goods(game.starterStacks(), Collections.emptySortedSet());
            Players players = new Players(store, starterStacks, game.starterItems(), clock, metrics);

            // 2. Who owns the rooms, and who hears of trades.
            CompletableFuture<Node> self = new CompletableFuture<>();
            Leases leases = opened(StoreLeases.start(store, config.cluster(), self, clock));
            Feed feed = opened(feed(config, store, leases, clock, metrics));

            // 3. Rooms, and the sessions that play in them.
            EventLoops loops = opened(EventLoops.start(config.net()));
            RoomServices services = new RoomServices(
                    config.rooms(),
                    loops.threads(),
                    game,
                    rules,
                    store,
                    players,
                    leases,
                    feed,
                    clock,
                    new RoomMetrics(metrics));
            sessions = new Sessions(config.nodeId(), config.sessions(), services, filter, new SessionMetrics(metrics));
            players.tell(sessions);
            opened(sessions.rooms());
            startFreezes(opened(sessions.freezes()));

            // 4. The way in.
            Logins logins = new Logins(
                    sessions,
                    players,
                    Authenticator.of(config.auth(), clock),
                    new AuthThrottle(config.auth(), clock),
                    clock,
                    welcome(config));
            tcp = opened(TcpServer.start(
                    config.net(),
                    loops,
                    connection -> new HandshakeStage(logins, connection),
                    clock,
                    new NetMetrics(metrics)));
            self.complete(self(config, tcp.address()));

            // 5. The operators' way in.
            OpsServices watched = new OpsServices(
                    this,
                    self(config, tcp.address()),
                    Version.current(),
                    config.rooms().tickHz(),
                    config.store().outboxRowsMax(),
                    config.inForce(),
                    sessions,
                    players,
                    store,
                    feed,
                    metrics,
                    clock);
            ops = config.ops().enabled() ? opened(OpsServer.start(config.ops(), watched)) : null;
        } catch (Throwable e) {
            closeParts();
            throw e;
        }
    }

    /** The store that a server of this configuration would use. Blocks. @throws StoreOpenException when it cannot be had */
    public static Store openStore(TavernConfig config) {
        return switch (config.store().kind()) {
            case EMBEDDED -> EmbeddedStore.open(config.store());
            case REDIS ->
                RedisStore.open(config.store(), config.realm(), config.cluster().enabled());
        };
    }

    /** Nobody may do in the first moments what operators have stopped. */
    private static void startFreezes(Freezes freezes) {
        try {
            freezes.start().toCompletableFuture().get(FREEZES_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new StoreOpenException("what operators have stopped cannot be read; look at the store", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreOpenException("interrupted", e);
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    private static Feed feed(
            TavernConfig config, Store store, Leases leases, InstantSource clock, MeterRegistry metrics) {
        return switch (config.feed().kind()) {
            case NONE -> Feed.disabled();
            case RABBITMQ ->
                RabbitFeed.start(
                        config.feed().rabbitmq(), config.realm(), config.nodeId(), store, leases, clock, metrics);
        };
    }

    /** As other nodes send players here. */
    private static Node self(TavernConfig config, InetSocketAddress listening) {
        String host = config.cluster().advertisedHost();
        int port = config.cluster().advertisedPort();
        return new Node(
                config.nodeId(), host.isEmpty() ? config.net().host() : host, port == 0 ? listening.getPort() : port);
    }

    /** What every Welcome says alike. */
    private static Welcome welcome(TavernConfig config) {
        return Welcome.newBuilder()
                .setTickHz(config.rooms().tickHz())
                .setResumeMs((int) TimeUnit.SECONDS.toMillis(config.sessions().resumeSeconds()))
                .setServerVersion(Version.current())
                .setLimits(Limits.newBuilder()
                        .setFrameBytesMax(config.net().limits().frameBytesMax())
                        .setIdleMs((int)
                                TimeUnit.SECONDS.toMillis(config.net().limits().idleSeconds()))
                        .setChatCharactersMax(config.game().chatCharactersMax())
                        .setMovesPerSecond((int) config.sessions().rates().moves())
                        .setChatsPerSecond((int) config.sessions().rates().chats())
                        .setTradesPerSecond((int) config.sessions().rates().trades())
                        .setOpenOffersMax(config.game().openOffersMax())
                        .setTradeEntriesMax(config.game().tradeEntriesMax()))
                .build();
    }

    /** Where it listens; with {@code net.port = 0} the port that was free. */
    public InetSocketAddress address() {
        return tcp.address();
    }

    /** Where operators find it; null with {@code ops.enabled = false}. */
    public @Nullable InetSocketAddress opsAddress() {
        return ops == null ? null : ops.address();
    }

    /** Sessions there are, those included that wait to be resumed. Any thread. */
    public int sessions() {
        return sessions.size();
    }

    /**
     * Takes no more connections and requests, lets trades finish, writes what is to be written, says good-bye, and
     * closes everything. Blocks, for less than 30 seconds.
     */
    @Override
    public void close() {
        log.info(
                "stopping with {} sessions in {} rooms",
                sessions.size(),
                sessions.rooms().size());
        try {
            drain().toCompletableFuture().get(DRAIN_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.warn("some rooms had not finished after {} s; what they committed is safe", DRAIN_SECONDS_MAX);
        } catch (ExecutionException e) {
            log.error("rooms failed to finish", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sessions.endAll(ErrorCode.GOING_AWAY, "the server stops");
        closeParts();
        log.info("stopped");
    }

    @Override
    public int connections() {
        return tcp.connections();
    }

    @Override
    public boolean isDraining() {
        return draining.get() != null;
    }

    @Override
    public CompletionStage<Void> drain() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        CompletableFuture<Void> earlier = draining.compareAndExchange(null, done);
        if (earlier != null) {
            return earlier;
        }
        tcp.stopListening();
        sessions.announceDraining(TimeUnit.SECONDS.toMillis(DRAIN_SECONDS_MAX));
        sessions.rooms().drain().whenComplete((closed, failure) -> {
            sessions.endAll(ErrorCode.GOING_AWAY, "the server stops");
            done.complete(null);
        });
        return done;
    }

    private void closeParts() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                log.error("{} failed to close", part.getClass().getSimpleName(), e);
            }
        }
    }
}
