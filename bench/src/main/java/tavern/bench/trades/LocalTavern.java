package tavern.bench.trades;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.engine.kept.KeptRoom;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.ServerMessage;
import tavern.server.archive.Archivist;
import tavern.server.books.Conservation;
import tavern.server.books.ConservationCheck;
import tavern.server.cache.Players;
import tavern.server.cluster.Leases;
import tavern.server.cluster.Node;
import tavern.server.cluster.StoreLeases;
import tavern.server.config.ConfigException;
import tavern.server.config.ConfigLoader;
import tavern.server.config.TavernConfig;
import tavern.server.feed.Feed;
import tavern.server.feed.rabbitmq.RabbitFeed;
import tavern.server.game.GoodsChange;
import tavern.server.game.TavernRules;
import tavern.server.game.WordFilter;
import tavern.server.guard.ProcessLimits;
import tavern.server.guard.ReplayBudget;
import tavern.server.room.PlayerDirectory;
import tavern.server.room.RecordingMemory;
import tavern.server.room.Room;
import tavern.server.room.RoomMetrics;
import tavern.server.room.RoomServices;
import tavern.server.room.RoomTypes;
import tavern.server.room.Rooms;
import tavern.server.room.ServiceCalls;
import tavern.server.room.TurnMemory;
import tavern.server.store.KeptGame;
import tavern.server.store.LeaseKey;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Store;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionResult;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.store.redis.RedisStore;
import tavern.server.time.Clocks;
import tavern.server.time.MonotonicClock;
import tavern.server.trace.Traces;

/** A server in this process, without sockets and sessions, assembled the way {@code TavernServer} does it. */
final class LocalTavern implements AutoCloseable {
    /** Gives everybody enough goods that no trade fails for lack of them. */
    static final Map<String, String> RICH =
            Map.of("game.starter-kit.stacks.gold", "1000000000", "game.starter-kit.stacks.potion", "1000000000");

    private final Path folder;
    private final Store store;
    private final Players players;
    private final Leases leases;
    private final Feed feed;
    private final EventExecutorGroup threads =
            new DefaultEventExecutorGroup(Runtime.getRuntime().availableProcessors());
    private final Rooms rooms;
    private final TavernConfig config;
    private @Nullable Archivist archivist;

    private LocalTavern(TavernConfig config) {
        this.config = config;
        Clocks clocks = Clocks.system();
        MeterRegistry metrics = new SimpleMeterRegistry();
        folder = config.store().path();
        store = switch (config.store().kind()) {
            case EMBEDDED -> EmbeddedStore.open(config.store());
            case REDIS ->
                RedisStore.open(config.store(), config.realm(), config.cluster().enabled());
        };
        players = new Players(
                store,
                new Goods(config.game().starterStacks(), Collections.emptySortedSet()),
                config.game().starterItems(),
                atMillis -> null, // only trades are measured
                clocks,
                metrics);
        Node self = new Node(config.nodeId(), config.net().host(), config.net().port());
        leases =
                StoreLeases.start(store, config.cluster(), CompletableFuture.completedFuture(self), () -> true, clocks);
        feed = feed(config, clocks, metrics);
        RoomServices services = new RoomServices(
                config.rooms(),
                threads,
                config.game(),
                TavernRules.factory(config.game(), WordFilter.of(config.game().filteredWords())),
                RoomTypes.NONE,
                ServiceCalls.NONE,
                store,
                store,
                store,
                players,
                leases,
                feed,
                clocks,
                new ReplayBudget(ProcessLimits.replayBytes(), 1_000),
                new TurnMemory(ProcessLimits.turnBytes(), metrics),
                new RoomMetrics(metrics),
                Traces.off(),
                new RecordingMemory(1, 1, "", metrics));
        rooms = new Rooms(services, new Absent());
    }

    private Feed feed(TavernConfig config, Clocks clocks, MeterRegistry metrics) {
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
                        id -> {});
        };
    }

    /** @param settings those that differ from the defaults */
    static LocalTavern start(Map<String, String> settings) throws IOException {
        Map<String, String> all = new TreeMap<>(RICH);
        all.putAll(settings);
        try {
            return new LocalTavern(ConfigLoader.load(null, Map.of(), all).config());
        } catch (ConfigException e) {
            throw new IOException(e.problems().toString(), e);
        }
    }

    Rooms rooms() {
        return rooms;
    }

    Players players() {
        return players;
    }

    /** Acquires the lease of a room that nobody has opened and returns its fence. */
    CompletionStage<Long> fenceOf(String room) {
        return leases.acquire(LeaseKey.room(new RoomId(room))).thenApply(lease -> lease.fence());
    }

    /** Reads the player's record, or creates the player with the starter kit. */
    CompletionStage<Player> open(String name) {
        return players.open(name).thenApply(PlayerRecord::player);
    }

    /** Creates the player with the starter kit, as if at that date. */
    CompletionStage<Player> create(String name, long atMillis) {
        Goods kit = new Goods(config.game().starterStacks(), Collections.emptySortedSet());
        return store.openPlayer(name, kit, config.game().starterItems(), null, atMillis)
                .thenApply(PlayerRecord::player);
    }

    /** Has the store carry out a transaction. */
    CompletionStage<TransactionResult> transact(Transaction transaction) {
        return store.transact(transaction);
    }

    /**
     * @param beforeMillis a time of the history that was written, which lies in the past of the store's clock
     * @return whether there is more to forget
     */
    CompletionStage<Boolean> forgetOutcomes(long beforeMillis, int max) {
        long nowMillis = System.currentTimeMillis();
        return store.forgetOutcomes(nowMillis - beforeMillis, nowMillis, max);
    }

    /**
     * Begins to archive the ledger as a server does, and to remove what the settings do not keep.
     *
     * @param now the date of the history, which goes faster than the machine's clock
     */
    void archive(InstantSource now) {
        archivist = Archivist.start(
                config.upkeep().archive(),
                store,
                store,
                store,
                leases,
                () -> null,
                new Clocks(now, MonotonicClock.system()),
                () -> true);
    }

    /** Has the archivist look for work now. */
    void wakeArchivist() throws IOException {
        Archivist own = Objects.requireNonNull(archivist, "archive first");
        String trouble = own.trouble();
        if (trouble != null) {
            throw new IOException(trouble);
        }
        own.wake();
    }

    /** When the oldest entry of the ledger in the store was made, milliseconds since 1970. */
    long oldestEntryMillis() throws IOException {
        return Waiting.on(store.ledger("", 1)).get(0).atMillis();
    }

    /** Number of trades committed but not yet confirmed by the broker. */
    long outboxRows() {
        return store.stats().outboxRows();
    }

    /** @throws IOException unless the store holds exactly this many trades and no goods were lost or created */
    void check(long committed) throws IOException {
        Conservation conservation = conservation();
        if (!conservation.holds() || conservation.trades() != committed) {
            throw new IOException("the store holds " + conservation.trades() + " of " + committed + " trades; "
                    + conservation.differences());
        }
    }

    /** @throws IOException unless all goods are accounted for */
    void checkSound() throws IOException {
        Conservation conservation = conservation();
        if (!conservation.holds()) {
            throw new IOException("goods are missing, or from nowhere: " + conservation.differences());
        }
    }

    /** @throws IOException unless {@link TallyGame} has counted so many turns in the rooms together */
    void checkTurns(int rooms, long turns) throws IOException {
        long counted = 0;
        for (int room = 0; room < rooms; room++) {
            Optional<KeptGame> kept = Waiting.on(store.game(new RoomId(TurnsLoad.room(room))));
            if (kept.isPresent()) {
                ByteString state =
                        KeptRoom.parseFrom(kept.orElseThrow().state()).getState();
                counted += Int64Value.parseFrom(state).getValue();
            }
        }
        if (counted != turns) {
            throw new IOException("the store has " + counted + " of " + turns + " turns that were answered");
        }
    }

    private Conservation conservation() {
        return ConservationCheck.of(store, folder, MonotonicClock.system(), Waiting::on);
    }

    /** @throws IOException unless the ledger has exactly this many entries and no goods were lost or created */
    void checkEntries(long entries) throws IOException {
        Conservation conservation = conservation();
        if (!conservation.holds() || conservation.entries() != entries) {
            throw new IOException("the ledger has " + conservation.entries() + " of " + entries + " entries; "
                    + conservation.differences());
        }
    }

    @Override
    public void close() throws IOException {
        Waiting.on(rooms.drain());
        rooms.close();
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        Archivist own = archivist;
        try (store;
                leases) {
            if (own != null) {
                own.close();
            }
            feed.close();
        } catch (Exception e) {
            throw new IOException("the store did not close: " + e.getMessage(), e);
        }
    }

    /** A directory without players: nobody leaves their room, so nobody has to be found elsewhere. */
    private static final class Absent implements PlayerDirectory {
        @Override
        public void deliver(PlayerId player, ServerMessage.Builder message) {
            // There is nobody to deliver to.
        }

        @Override
        public void goodsChanged(PlayerId player, GoodsChange change, @Nullable Room teller, String reason) {
            // Each trade stays within one room.
        }

        @Override
        public CompletionStage<Boolean> isComing(Player player, RoomId room) {
            return CompletableFuture.completedFuture(false);
        }
    }
}
