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
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.Goods;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Limits;
import tavern.protocol.v1.Welcome;
import tavern.server.agones.AgonesSidecar;
import tavern.server.archive.ArchiveSearch;
import tavern.server.archive.Archivist;
import tavern.server.cache.Players;
import tavern.server.cluster.Directory;
import tavern.server.cluster.Leases;
import tavern.server.cluster.LeastLoaded;
import tavern.server.cluster.Node;
import tavern.server.cluster.NodeInUseException;
import tavern.server.cluster.NodeLease;
import tavern.server.cluster.NodeLeases;
import tavern.server.cluster.Successors;
import tavern.server.cluster.UnfitNodeException;
import tavern.server.cluster.Upkeep;
import tavern.server.config.TavernConfig;
import tavern.server.feed.Feed;
import tavern.server.feed.rabbitmq.RabbitFeed;
import tavern.server.game.GameSettings;
import tavern.server.game.RoomRules;
import tavern.server.game.TavernRules;
import tavern.server.game.WordFilter;
import tavern.server.games.Games;
import tavern.server.games.GamesSettings;
import tavern.server.guard.Heartbeats;
import tavern.server.guard.OpenDescriptors;
import tavern.server.guard.ProcessLimits;
import tavern.server.guard.ReplayBudget;
import tavern.server.guard.Vitals;
import tavern.server.net.EventLoops;
import tavern.server.net.NetMetrics;
import tavern.server.net.NetSettings;
import tavern.server.net.OutboundBudget;
import tavern.server.net.TcpServer;
import tavern.server.ops.OpsServer;
import tavern.server.ops.OpsServices;
import tavern.server.ops.OpsStore;
import tavern.server.ops.ServerControl;
import tavern.server.room.DueRooms;
import tavern.server.room.RealmRooms;
import tavern.server.room.RecordingMemory;
import tavern.server.room.Room;
import tavern.server.room.RoomMetrics;
import tavern.server.room.RoomMoves;
import tavern.server.room.RoomServices;
import tavern.server.room.TurnMemory;
import tavern.server.services.HttpServices;
import tavern.server.session.AddressBlocks;
import tavern.server.session.AuthThrottle;
import tavern.server.session.Authenticator;
import tavern.server.session.Evacuation;
import tavern.server.session.Freezes;
import tavern.server.session.HandshakeStage;
import tavern.server.session.Logins;
import tavern.server.session.SessionMetrics;
import tavern.server.session.SessionSettings;
import tavern.server.session.Sessions;
import tavern.server.store.ArchiveSettings;
import tavern.server.store.Backups;
import tavern.server.store.DirectoryStore;
import tavern.server.store.GrantTransactions;
import tavern.server.store.MovingRoomStore;
import tavern.server.store.Store;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.store.redis.RedisStore;
import tavern.server.time.ClockTrust;
import tavern.server.time.Clocks;
import tavern.server.tls.Certificates;
import tavern.server.trace.Traces;

/** The whole server: built top to bottom, closed bottom to top. */
public final class TavernServer implements AutoCloseable, ServerControl {
    private static final Logger log = LoggerFactory.getLogger(TavernServer.class);

    /**
     * Bounds a stop to less than 30 s, whatever hangs: 8 s for the rooms to finish; 1 s for orders that are still to be
     * written to the audit log, 0.4 s for the archive, 0.5 s for the audit log's watch and 1 s for the books; 3 s for the
     * last messages to connections; 3 s and 2 s for the threads of connections and their acceptor; 3 s for the rooms'
     * threads; 3.5 s for the feed; 3.5 s for the store; 0.5 s for the last traces. That is 29.4 s.
     */
    private static final long DRAIN_SECONDS_MAX = 8;

    /** Of {@link #DRAIN_SECONDS_MAX}, what rooms have to move to other servers; the rest is for those that are left. */
    private static final long STOP_EVACUATION_MILLIS_MAX = 6_000;

    /** Nobody waits for a drain by an operator. */
    private static final long DRAIN_EVACUATION_MILLIS_MAX = 120_000;

    private static final long ANSWER_MILLIS_MAX = 10_000;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Heartbeats heartbeats = new Heartbeats();
    private final ReplayBudget replay;
    private final OutboundBudget outbound;
    private final Sessions sessions;
    private final Certificates certificates;
    private final TcpServer tcp;
    private final OpenDescriptors descriptors;
    private final @Nullable OpsServer ops;
    private final @Nullable AgonesSidecar agones;
    private volatile @Nullable Archivist archivist;
    private final @Nullable RoomMoves moves;
    private final Successors successors;
    private final EventLoops loops;
    private final Clocks clocks;

    /** Its drain cannot be withdrawn any more. Guarded by this. */
    private boolean isStopping;

    private final AtomicReference<@Nullable DrainUnderWay> draining = new AtomicReference<>();

    /** @param evacuation null without other servers */
    private record DrainUnderWay(
            CompletableFuture<Void> done, @Nullable Evacuation evacuation) {}

    /** Starts a server with the built-in rules. */
    public static TavernServer start(TavernConfig config) throws IOException, GeneralSecurityException {
        WordFilter filter = WordFilter.of(config.game().filteredWords());
        return start(config, TavernRules.factory(config.game(), filter), filter, Clocks.system());
    }

    /** Starts a server with the built-in rules on the given store, which is closed with the server. */
    public static TavernServer start(TavernConfig config, Store store) throws IOException, GeneralSecurityException {
        WordFilter filter = WordFilter.of(config.game().filteredWords());
        return new TavernServer(config, store, TavernRules.factory(config.game(), filter), filter, Clocks.system());
    }

    /**
     * Starts a server with the given rules. Blocks until it accepts connections.
     *
     * @throws StoreOpenException when the store cannot be opened
     * @throws tavern.server.feed.FeedOpenException when the broker refuses the configured settings
     * @throws tavern.server.games.BrokenGamesException when games cannot be loaded
     * @throws IOException when the address cannot be bound, or a key or certificate cannot be used
     * @throws GeneralSecurityException when a key does not fit
     */
    public static TavernServer start(TavernConfig config, RoomRules.Factory rules, WordFilter filter, Clocks clocks)
            throws IOException, GeneralSecurityException {
        return new TavernServer(config, openStore(config, clocks.wall()), rules, filter, clocks);
    }

    private TavernServer(TavernConfig config, Store store, RoomRules.Factory rules, WordFilter filter, Clocks clocks)
            throws IOException, GeneralSecurityException {
        this.clocks = clocks;
        GameSettings game = config.game();
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try {
            // Closed last, so that their last reports are sent.
            agones = agones(config);
            Traces traces = opened(Traces.start(config.tracing(), config.nodeId(), Version.current()));

            // 1. What must not be lost, and what games do to it.
            opened(store);
            Games games = Games.load(config.games(), clocks.wall());

            // 2. Who owns the rooms, and who is notified of what happens to goods.
            CompletableFuture<Node> self = new CompletableFuture<>();
            NodeLease node = opened(takeNode(config, store, clocks.wall()));
            checkMix(config, store);
            Leases leases = opened(NodeLeases.start(store, config.cluster(), self, node, clocks));
            Feed feed = opened(feed(config, store, leases, clocks, metrics, traces));
            opened(Upkeep.start(
                    store,
                    store,
                    store,
                    store.presence(),
                    config.upkeep().roomKeptDays(),
                    config.store().outcomesKeptDays(),
                    config.nodeId() + "@" + advertised(config),
                    clocks));

            // 3. The players' records, rooms, and the sessions that play in them.
            Players players = players(game, store, feed, clocks, metrics);
            store.listen(players);
            loops = opened(EventLoops.start(config.net()));
            loops.watchedBy(heartbeats);
            replay = replayBudget(config);
            outbound = outboundBudget(config);
            RoomServices services = new RoomServices(
                    config.rooms(),
                    loops.threads(),
                    game,
                    rules,
                    games,
                    opened(HttpServices.start(config.services(), new SplittableRandom(), metrics)),
                    store,
                    store,
                    store,
                    players,
                    leases,
                    feed,
                    clocks,
                    replay,
                    turnMemory(config, metrics),
                    new RoomMetrics(metrics),
                    traces,
                    recordingMemory(config, metrics));
            AddressBlocks uncounted = AddressBlocks.of(config.net().limits().uncountedAddresses());
            sessions = opened(new Sessions(
                    config.nodeId(),
                    self,
                    config.sessions(),
                    services,
                    store,
                    store.presence(),
                    uncounted,
                    filter,
                    new SessionMetrics(metrics)));
            players.tell(sessions);
            opened(sessions.rooms());
            heartbeats.watch(sessions.rooms().ownThreads());
            startFreezes(opened(sessions.freezes()));

            // 4. The players' way in.
            certificates =
                    opened(Certificates.open(config.net().tls(), config.ops().tls(), clocks.wall(), metrics));
            Logins logins = new Logins(
                    sessions,
                    players,
                    Authenticator.of(config.auth(), clocks.wall()),
                    new AuthThrottle(config.auth(), uncounted, clocks.monotonic()),
                    new AuthThrottle(config.auth(), uncounted, clocks.monotonic()),
                    clocks.wall(),
                    welcome(config));
            tcp = opened(TcpServer.start(
                    config.net(),
                    certificates.players(),
                    loops,
                    connection -> new HandshakeStage(
                            logins, connection, config.net().limits().helloSeconds()),
                    clocks.monotonic(),
                    outbound,
                    new NetMetrics(metrics)));
            descriptors = new OpenDescriptors(tcp::connections, clocks.monotonic());
            self.complete(self(config, tcp.address()));
            RealmRooms realmRooms = new RealmRooms(
                    config.nodeId(), sessions.rooms().here(), config.cluster().directoryRoomsMax());
            OwnReport report =
                    new OwnReport(config, self(config, tcp.address()), games, sessions, this, heartbeats, clocks);
            Directory directory = opened(Directory.start(
                    store.directory(),
                    report,
                    realmRooms,
                    new LeastLoaded(config.cluster().placementMarginPermille()),
                    clocks));
            sessions.share(realmRooms, directory);
            successors = directory::successor;
            opened(DueRooms.start(sessions.rooms(), services));
            moves = moves(config, store, metrics);

            // 5. The operators' way in.
            OpsServices watched = new OpsServices(
                    this,
                    self(config, tcp.address()),
                    Version.current(),
                    config.rooms().tickHz(),
                    config.inForce(),
                    game,
                    games,
                    sessions,
                    players,
                    new OpsStore(store, store, store, store, store, store, store, store::stats, store::announce),
                    feed,
                    certificates,
                    metrics,
                    clocks,
                    backups(store),
                    opened(new ArchiveSearch(config.upkeep().archive().path(), clocks.monotonic())),
                    config.upkeep());
            ops = config.ops().enabled() ? opened(OpsServer.start(config.ops(), watched)) : null;

            // 6. What leaves the store.
            archivist = archivist(config, store, leases, ops, clocks);

            // 7. Players may be sent here.
            if (agones != null) {
                agones.ready();
            }
        } catch (Throwable e) {
            closeParts();
            throw e;
        }
    }

    /**
     * Opens the store for a tool: a realm in Redis must exist. Blocks.
     *
     * @throws StoreOpenException when it cannot be opened
     */
    public static Store openExistingStore(TavernConfig config) {
        if (config.store().kind() == StoreSettings.Kind.EMBEDDED) {
            return openStore(config, Clocks.system().wall());
        }
        NativeFolder.choose(config.store().path());
        return RedisStore.openExisting(config.store(), config.realm());
    }

    /**
     * Opens the store that a server with this configuration would use. Blocks.
     *
     * @throws StoreOpenException when it cannot be opened
     */
    public static Store openStore(TavernConfig config, InstantSource clock) {
        NativeFolder.choose(config.store().path());
        return switch (config.store().kind()) {
            case EMBEDDED -> EmbeddedStore.open(config.store(), clock);
            case REDIS ->
                RedisStore.open(config.store(), config.realm(), config.cluster().enabled());
        };
    }

    private static Backups backups(Store store) {
        return store instanceof EmbeddedStore embedded
                ? embedded.backups()
                : Backups.none("Redis is copied with its own tools: docs/STORE.md says how");
    }

    private static OutboundBudget outboundBudget(TavernConfig config) {
        long configured = config.net().limits().outboundTotalBytes();
        long bytes = configured == 0 ? ProcessLimits.outboundBytes() : configured;
        log.info(
                "memory: {} MB of heap, {} MB of direct memory, of which {} MB may wait for clients",
                Runtime.getRuntime().maxMemory() >> 20,
                ProcessLimits.directBytesMax() >> 20,
                bytes >> 20);
        if (!ProcessLimits.failsAtOnce()) {
            log.warn("connections may wait for direct memory; start with bin/server, or with"
                    + " --add-opens=java.base/java.nio=ALL-UNNAMED, so that what is used up costs slow clients only");
        }
        return new OutboundBudget(bytes);
    }

    private static ReplayBudget replayBudget(TavernConfig config) {
        long configured = config.sessions().replayTotalBytes();
        return new ReplayBudget(
                configured == 0 ? ProcessLimits.replayBytes() : configured,
                config.sessions().sessionsMax() + (long) config.rooms().roomsMax());
    }

    private static TurnMemory turnMemory(TavernConfig config, MeterRegistry metrics) {
        long configured = config.games().turnsTotalBytes();
        return new TurnMemory(configured == 0 ? ProcessLimits.turnBytes() : configured, metrics);
    }

    private static RecordingMemory recordingMemory(TavernConfig config, MeterRegistry metrics) {
        GamesSettings.Recordings bounds = config.games().recordings();
        return new RecordingMemory(bounds.roomBytes(), bounds.totalBytes(), Version.current(), metrics);
    }

    /**
     * Loads the freezes before anyone is served, so that nobody can do in the first moments what operators have
     * stopped.
     */
    private static void startFreezes(Freezes freezes) {
        awaited(freezes.start(), 0, "what operators have stopped");
    }

    /** Another server may have this one's id, or an earlier life of this one until its lease runs out. */
    private static NodeLease takeNode(TavernConfig config, Store store, InstantSource clock) {
        int leaseMillis = config.cluster().leaseMillis();
        CompletableFuture<NodeLease> lease = NodeLease.take(
                        store, config.nodeId(), advertised(config), leaseMillis, clock)
                .toCompletableFuture();
        return awaited(lease, leaseMillis, "whether node.id = " + config.nodeId() + " is in use");
    }

    /** A server that cannot live beside this one, or cannot understand it, must be stopped before. */
    private static void checkMix(TavernConfig config, Store store) {
        DirectoryStore directory = store.directory();
        if (directory != null) {
            awaited(Directory.look(directory, config.nodeId(), OwnReport.MIX), 0, "which servers the realm has");
        }
    }

    private static <T> T awaited(CompletionStage<T> answer, long moreMillis, String what) {
        try {
            return answer.toCompletableFuture().get(ANSWER_MILLIS_MAX + moreMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            if (e.getCause() instanceof NodeInUseException refused) {
                throw refused;
            }
            if (e.getCause() instanceof UnfitNodeException unfit) {
                throw unfit;
            }
            throw new StoreOpenException(what + " cannot be read; look at the store", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreOpenException("interrupted", e);
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    private static Players players(GameSettings game, Store store, Feed feed, Clocks clocks, MeterRegistry metrics) {
        return new Players(
                store,
                new Goods(game.starterStacks(), Collections.emptySortedSet()),
                game.starterItems(),
                atMillis -> feed.describe(GrantTransactions.STARTER_KIND, null, atMillis),
                clocks,
                metrics);
    }

    private @Nullable Archivist archivist(
            TavernConfig config, Store store, Leases leases, @Nullable OpsServer operators, Clocks clocks) {
        ArchiveSettings settings = config.upkeep().archive();
        if (settings.path() == null) {
            log.info("{}; all entries of the ledger stay in the store", notArchived(config.store()));
            return null;
        }
        return opened(Archivist.start(
                settings,
                store,
                store,
                store,
                leases,
                () -> operators == null ? null : operators.booksPosition(),
                clocks,
                new ClockTrust(clocks)::isTrusted));
    }

    /** Says how the ledger can be archived when no folder is in effect. */
    static String notArchived(StoreSettings store) {
        return store.kind() == StoreSettings.Kind.REDIS
                ? "nothing is archived: with Redis, store.archive.path must be absolute, and a folder that all servers"
                        + " of the realm share"
                : "nothing is archived: store.archive.path is empty";
    }

    private @Nullable AgonesSidecar agones(TavernConfig config) {
        long silentMillisMax = TimeUnit.SECONDS.toMillis(config.ops().loopSilentSeconds());
        return config.agones().sdkHttpPort() == 0
                ? null
                : opened(AgonesSidecar.start(
                        config.agones(), () -> heartbeats.longest().millis() <= silentMillisMax));
    }

    private static Feed feed(
            TavernConfig config, Store store, Leases leases, Clocks clocks, MeterRegistry metrics, Traces traces) {
        return switch (config.feed().kind()) {
            case NONE -> Feed.disabled();
            case RABBITMQ ->
                RabbitFeed.start(
                        config.feed().rabbitmq(),
                        config.realm(),
                        config.nodeId(),
                        store,
                        leases,
                        clocks,
                        metrics,
                        traces::published);
        };
    }

    /** This node as the other nodes know it: the address to which they send players. */
    private static Node self(TavernConfig config, InetSocketAddress listening) {
        int port = config.cluster().advertisedPort();
        return new Node(config.nodeId(), advertisedHost(config), port == 0 ? listening.getPort() : port);
    }

    /**
     * The address at which players reach this server. Before the server listens, a port that the system chooses is
     * still 0.
     */
    private static String advertised(TavernConfig config) {
        int port = config.cluster().advertisedPort();
        return advertisedHost(config) + ":" + (port == 0 ? config.net().port() : port);
    }

    private static String advertisedHost(TavernConfig config) {
        String host = config.cluster().advertisedHost();
        return host.isEmpty() ? config.net().host() : host;
    }

    /** The part of {@code Welcome} that is the same for every client. */
    private static Welcome welcome(TavernConfig config) {
        return Welcome.newBuilder()
                .setTickHz(config.rooms().tickHz())
                .setResumeMs((int) TimeUnit.SECONDS.toMillis(config.sessions().resumeSeconds()))
                .setServerVersion(Version.current())
                .setLimits(limits(config))
                .build();
    }

    /** P-62: the limits that a client must keep to. Rates below one a second are reported as 1. */
    private static Limits limits(TavernConfig config) {
        NetSettings.Limits net = config.net().limits();
        SessionSettings.Rates rates = config.sessions().rates();
        return Limits.newBuilder()
                .setFrameBytesMax(net.frameBytesMax())
                .setIdleMs((int) TimeUnit.SECONDS.toMillis(net.idleSeconds()))
                .setFramesPerSecond(net.framesPerSecond())
                .setChatCharactersMax(config.game().chatCharactersMax())
                .setMovesPerSecond(perSecond(config.rooms().movesPerSecond()))
                .setChatsPerSecond(perSecond(rates.chats()))
                .setWhispersPerSecond(perSecond(rates.whispers()))
                .setTradesPerSecond(perSecond(rates.trades()))
                .setJoinsPerSecond(perSecond(rates.joins()))
                .setListsPerSecond(perSecond(rates.lists()))
                .setPingsPerSecond(perSecond(rates.pings()))
                .setCustomsPerSecond(perSecond(rates.customs()))
                .setRefusalsMax(config.sessions().refusalsMax())
                .setOpenOffersMax(config.game().openOffersMax())
                .setTradeEntriesMax(config.game().tradeEntriesMax())
                .setOfferMs((int) TimeUnit.SECONDS.toMillis(config.game().offerSeconds()))
                .build();
    }

    private static int perSecond(double rate) {
        return Math.max(1, (int) rate);
    }

    /** The address it listens on; with {@code net.port = 0}, the port that the system chose. */
    public InetSocketAddress address() {
        return tcp.address();
    }

    /** The address of the operators' interface, or null with {@code ops.enabled = false}. */
    public @Nullable InetSocketAddress opsAddress() {
        return ops == null ? null : ops.address();
    }

    /**
     * Requests a reload of the files that may change while the server runs; it happens soon afterwards. Safe on any
     * thread.
     */
    public void reload() {
        certificates.reload();
    }

    /** The number of sessions, including those that wait to be resumed. Safe on any thread. */
    public int sessions() {
        return sessions.size();
    }

    /**
     * Stops accepting connections and requests, lets trades finish, flushes pending writes, says goodbye to clients,
     * and closes everything. Blocks, for less than 30 seconds.
     */
    @Override
    public void close() {
        log.info(
                "stopping with {} sessions in {} rooms",
                sessions.size(),
                sessions.rooms().size());
        stopsForGood();
        try {
            drain(STOP_EVACUATION_MILLIS_MAX).get(DRAIN_SECONDS_MAX, TimeUnit.SECONDS);
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
    public Vitals vitals() {
        return new Vitals(
                heartbeats.longest(),
                tcp.closedBecause(),
                new Vitals.Use(outbound.usedBytes(), outbound.bytesMax()),
                new Vitals.Use(replay.borrowedBytes(), replay.potBytes()),
                new Vitals.Use(ProcessLimits.directBytes(), ProcessLimits.directBytesMax()),
                new Vitals.Use(descriptors.count(), ProcessLimits.descriptorsMax()));
    }

    @Override
    public @Nullable String archiveTrouble() {
        Archivist own = archivist;
        return own == null ? null : own.trouble();
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
        return drain(DRAIN_EVACUATION_MILLIS_MAX);
    }

    private CompletableFuture<Void> drain(long evacuationMillisMax) {
        DrainUnderWay drain = new DrainUnderWay(new CompletableFuture<>(), evacuation());
        DrainUnderWay earlier = draining.compareAndExchange(null, drain);
        Evacuation evacuation = earlier == null ? drain.evacuation() : earlier.evacuation();
        if (earlier != null) {
            if (evacuation != null) {
                evacuation.hurry(evacuationMillisMax);
            }
            return earlier.done();
        }
        if (evacuation == null) {
            closeRooms(drain.done());
        } else {
            sessions.announceMoving(evacuationMillisMax + TimeUnit.SECONDS.toMillis(DRAIN_SECONDS_MAX));
            evacuation.begin(evacuationMillisMax).thenAcceptAsync(isOver -> {
                if (isOver) {
                    closeRooms(drain.done());
                }
            });
        }
        return drain.done();
    }

    /** From now on no drain is withdrawn: the stop, which waits for it, would fail. */
    private synchronized void stopsForGood() {
        isStopping = true;
    }

    @Override
    public synchronized boolean undoDrain() {
        DrainUnderWay drain = isStopping ? null : draining.get();
        Evacuation evacuation = drain == null ? null : drain.evacuation();
        if (drain == null || evacuation == null || !evacuation.stop()) {
            return false;
        }
        draining.set(null);
        drain.done().cancel(false);
        sessions.announceWithdrawn();
        log.info("the drain was withdrawn; rooms and players that have gone stay where they are");
        return true;
    }

    /** What every stop comes to, after an evacuation if there was somewhere to go. */
    private void closeRooms(CompletableFuture<Void> done) {
        tcp.stopListening();
        sessions.announceDraining(TimeUnit.SECONDS.toMillis(DRAIN_SECONDS_MAX));
        sessions.rooms().drain().whenComplete((closed, failure) -> {
            sessions.endAll(ErrorCode.GOING_AWAY, "the server stops");
            if (agones != null) {
                agones.shutDown();
            }
            done.complete(null);
        });
    }

    /** Null without other servers. */
    private @Nullable RoomMoves moves(TavernConfig config, Store store, MeterRegistry metrics) {
        MovingRoomStore moving = store.movingRooms();
        if (moving == null) {
            return null;
        }
        RoomMoves own =
                new RoomMoves(sessions.rooms(), moving, config.nodeId(), sessions::ask, () -> !isDraining(), metrics);
        sessions.answer(RoomMoves.QUESTION, own::asked);
        return own;
    }

    private @Nullable Evacuation evacuation() {
        RoomMoves own = moves;
        return own == null
                ? null
                : new Evacuation(
                        sessions,
                        own,
                        successors,
                        clocks.monotonic(),
                        loops.threads().next());
    }

    @Override
    public CompletionStage<Boolean> moveRoom(RoomId id, Node to) {
        RoomMoves own = moves;
        Room room = sessions.rooms().find(id);
        return own == null || room == null ? CompletableFuture.completedFuture(false) : own.move(room, to);
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
