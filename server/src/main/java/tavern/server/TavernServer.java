package tavern.server;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.server.agones.AgonesSidecar;
import tavern.server.archive.Archivist;
import tavern.server.cluster.Node;
import tavern.server.config.TavernConfig;
import tavern.server.game.RoomRules;
import tavern.server.game.TavernRules;
import tavern.server.game.WordFilter;
import tavern.server.guard.Heartbeats;
import tavern.server.guard.ProcessLimits;
import tavern.server.guard.Vitals;
import tavern.server.ops.OpsServer;
import tavern.server.ops.ServerControl;
import tavern.server.session.Evacuation;
import tavern.server.session.Sessions;
import tavern.server.store.Store;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.store.redis.RedisStore;
import tavern.server.time.Clocks;
import tavern.server.trace.Traces;

/** The whole server: built top to bottom, closed bottom to top. */
public final class TavernServer implements AutoCloseable, ServerControl {
    private static final Logger log = LoggerFactory.getLogger(TavernServer.class);

    /**
     * Bounds a stop to less than 30 s, whatever hangs: 8 s for the rooms to move and to finish, and for other servers to
     * hear what is late; 1 s for orders that are still to be written to the audit log, 0.4 s for the archive, 0.5 s for the
     * audit log's watch and 1 s for the books; 3 s for the last messages to connections; 3 s and 2 s for the threads of
     * connections and their acceptor; 3 s for the rooms' threads; 3.5 s for the feed; 3.5 s for the store; 0.5 s for the
     * last traces. That is 29.4 s.
     */
    private static final long DRAIN_SECONDS_MAX = ServerDrain.CLOSE_SECONDS_MAX;

    /** Of {@link #DRAIN_SECONDS_MAX}, what rooms that are left at a stop have to close. */
    private static final long STOP_CLOSE_MILLIS = 2_000;

    /** What rooms have to move to other servers at a stop: 4.5 s, so that what comes after it fits in, too. */
    private static final long STOP_EVACUATION_MILLIS_MAX =
            TimeUnit.SECONDS.toMillis(DRAIN_SECONDS_MAX) - STOP_CLOSE_MILLIS - ServerDrain.LATE_MILLIS_MAX;

    /** Nobody waits for a drain by an operator. */
    private static final long DRAIN_EVACUATION_MILLIS_MAX = 120_000;

    /**
     * How many buffers the writes of a loop over io_uring have between them until they are handed to the kernel. Netty
     * 4.2.18 fills no more than 1,024, but takes the array of its own default of 10,240 for full only at the end: all writes in
     * between are empty ones, which are repeated until a later round of the loop. Read once, when Netty's or Lettuce's classes
     * for io_uring are loaded.
     */
    private static final String IO_URING_BUFFERS = "io.netty.iouring.numElementsIoVec";

    static {
        if (System.getProperty(IO_URING_BUFFERS) == null) {
            System.setProperty(IO_URING_BUFFERS, "1024");
        }
    }

    private final Parts parts = new Parts();
    private final Heartbeats heartbeats = new Heartbeats();
    private final @Nullable AgonesSidecar agones;
    private final PlayLayer play;
    private final NetLayer net;
    private final ServerDrain drain;
    private final RealmLayer realm;
    private volatile @Nullable OpsLayer ops;

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
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try {
            // 1. What reports on the server; closed last, so that its last reports are sent.
            agones = agones(config);
            Traces traces = parts.opened(Traces.start(config.tracing(), config.nodeId(), Version.current()));

            // 2. What must not be lost, and who owns the rooms.
            StoreLayer base = StoreLayer.start(parts, config, store, clocks, metrics, traces);

            // 3. The rooms, and the sessions that play in them.
            play = PlayLayer.start(parts, config, base, rules, filter, heartbeats, clocks, metrics, traces);

            // 4. The players' way in, and out.
            net = NetLayer.start(parts, config, play, clocks, metrics);
            drain = new ServerDrain(play.sessions(), net.tcp()::stopListening, this::evacuation, this::emptied);

            // 5. The realm's other servers.
            realm = RealmLayer.start(parts, config, base, play, net, this, heartbeats, clocks, metrics);

            // 6. The operators' way in, and what leaves the store.
            ops = OpsLayer.start(parts, config, base, play, net, this, clocks, metrics);

            // 7. Players may be sent here.
            if (agones != null) {
                agones.ready();
            }
        } catch (Throwable e) {
            parts.close();
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

    private @Nullable AgonesSidecar agones(TavernConfig config) {
        long silentMillisMax = TimeUnit.SECONDS.toMillis(config.ops().loopSilentSeconds());
        return config.agones().sdkHttpPort() == 0
                ? null
                : parts.opened(AgonesSidecar.start(
                        config.agones(), () -> heartbeats.longest().millis() <= silentMillisMax));
    }

    /** The address it listens on; with {@code net.port = 0}, the port that the system chose. */
    public InetSocketAddress address() {
        return net.tcp().address();
    }

    /** The address of the operators' interface, or null with {@code ops.enabled = false}. */
    public @Nullable InetSocketAddress opsAddress() {
        OpsServer server = ops == null ? null : ops.ops();
        return server == null ? null : server.address();
    }

    /**
     * Requests a reload of the files that may change while the server runs; it happens soon afterwards. Safe on any
     * thread.
     */
    public void reload() {
        net.certificates().reload();
    }

    /** The number of sessions, including those that wait to be resumed. Safe on any thread. */
    public int sessions() {
        return play.sessions().size();
    }

    /**
     * Stops accepting connections and requests, lets trades finish, flushes pending writes, says goodbye to clients,
     * and closes everything. Blocks, for less than 30 seconds.
     */
    @Override
    public void close() {
        Sessions sessions = play.sessions();
        log.info(
                "stopping with {} sessions in {} rooms",
                sessions.size(),
                sessions.rooms().size());
        drain.makeFinal();
        try {
            drain.begin(STOP_EVACUATION_MILLIS_MAX).get(DRAIN_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.warn("some rooms had not finished after {} s; what they committed is safe", DRAIN_SECONDS_MAX);
        } catch (ExecutionException e) {
            log.error("rooms failed to finish", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sessions.endAll(ErrorCode.GOING_AWAY, "the server stops");
        parts.close();
        log.info("stopped");
    }

    @Override
    public Vitals vitals() {
        return new Vitals(
                heartbeats.longest(),
                net.tcp().closedBecause(),
                new Vitals.Use(net.outbound().usedBytes(), net.outbound().bytesMax()),
                new Vitals.Use(play.replay().borrowedBytes(), play.replay().potBytes()),
                new Vitals.Use(ProcessLimits.directBytes(), ProcessLimits.directBytesMax()),
                new Vitals.Use(net.descriptors().count(), ProcessLimits.descriptorsMax()));
    }

    /** Null as well while the server starts. */
    @Override
    public @Nullable String archiveTrouble() {
        OpsLayer started = ops;
        Archivist archivist = started == null ? null : started.archivist();
        return archivist == null ? null : archivist.trouble();
    }

    @Override
    public int connections() {
        return net.tcp().connections();
    }

    @Override
    public boolean isDraining() {
        return drain.isUnderWay();
    }

    @Override
    public CompletionStage<Void> drain() {
        return drain.begin(DRAIN_EVACUATION_MILLIS_MAX);
    }

    @Override
    public boolean undoDrain() {
        return drain.undo();
    }

    @Override
    public CompletionStage<Boolean> moveRoom(RoomId id, Node to) {
        return realm.moveRoom(id, to);
    }

    private @Nullable Evacuation evacuation() {
        return realm.evacuation();
    }

    private void emptied() {
        if (agones != null) {
            agones.shutDown();
        }
    }
}
