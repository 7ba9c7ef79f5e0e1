package tavern.bench.trades;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ServerMessage;
import tavern.server.SteadyClock;
import tavern.server.cache.Players;
import tavern.server.cluster.Leases;
import tavern.server.cluster.Node;
import tavern.server.cluster.StoreLeases;
import tavern.server.config.ConfigException;
import tavern.server.config.ConfigLoader;
import tavern.server.config.TavernConfig;
import tavern.server.feed.Feed;
import tavern.server.feed.rabbitmq.RabbitFeed;
import tavern.server.game.Goods;
import tavern.server.game.Inventory;
import tavern.server.game.PlayerId;
import tavern.server.game.RoomId;
import tavern.server.game.TavernRules;
import tavern.server.game.WordFilter;
import tavern.server.room.PlayerDirectory;
import tavern.server.room.Room;
import tavern.server.room.RoomMetrics;
import tavern.server.room.RoomServices;
import tavern.server.room.Rooms;
import tavern.server.store.Conservation;
import tavern.server.store.LeaseKey;
import tavern.server.store.Store;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.store.redis.RedisStore;

/** A server in this process, but for its sockets and sessions: put together as {@code TavernServer} does it. */
final class LocalTavern implements AutoCloseable {
    /** Everybody is rich: no trade fails for want of goods. */
    static final Map<String, String> RICH =
            Map.of("game.starter-kit.stacks.gold", "1000000000", "game.starter-kit.stacks.potion", "1000000000");

    private final Store store;
    private final Players players;
    private final Leases leases;
    private final Feed feed;
    private final EventExecutorGroup threads =
            new DefaultEventExecutorGroup(Runtime.getRuntime().availableProcessors());
    private final Rooms rooms;

    private LocalTavern(TavernConfig config) {
        InstantSource clock = new SteadyClock();
        MeterRegistry metrics = new SimpleMeterRegistry();
        store = switch (config.store().kind()) {
            case EMBEDDED -> EmbeddedStore.open(config.store());
            case REDIS ->
                RedisStore.open(config.store(), config.realm(), config.cluster().enabled());
        };
        players = new Players(
                store,
                new Goods(config.game().starterStacks(), Collections.emptySortedSet()),
                config.game().starterItems(),
                clock,
                metrics);
        Node self = new Node(config.nodeId(), config.net().host(), config.net().port());
        leases = StoreLeases.start(store, config.cluster(), CompletableFuture.completedFuture(self), clock);
        feed = feed(config, clock, metrics);
        RoomServices services = new RoomServices(
                config.rooms(),
                threads,
                config.game(),
                TavernRules.factory(config.game(), WordFilter.of(config.game().filteredWords())),
                store,
                players,
                leases,
                feed,
                clock,
                new RoomMetrics(metrics));
        rooms = new Rooms(services, new Absent());
    }

    private Feed feed(TavernConfig config, InstantSource clock, MeterRegistry metrics) {
        return switch (config.feed().kind()) {
            case NONE -> Feed.disabled();
            case RABBITMQ ->
                RabbitFeed.start(
                        config.feed().rabbitmq(), config.realm(), config.nodeId(), store, leases, clock, metrics);
        };
    }

    /** @param settings that differ from the defaults */
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

    /** The fence of a room that nobody has opened. */
    CompletionStage<Long> fenceOf(String room) {
        return leases.acquire(LeaseKey.room(new RoomId(room))).thenApply(lease -> lease.fence());
    }

    /** Committed and not yet confirmed by the broker. */
    long outboxRows() {
        return store.stats().outboxRows();
    }

    /** @throws IOException unless all goods are there, and exactly these many trades */
    void check(long committed) throws IOException {
        Conservation conservation = Waiting.on(store.checkConservation());
        if (!conservation.holds() || conservation.trades() != committed) {
            throw new IOException("the store holds " + conservation.trades() + " of " + committed + " trades; "
                    + conservation.differences());
        }
    }

    @Override
    public void close() throws IOException {
        Waiting.on(rooms.drain());
        rooms.close();
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        try (store;
                leases) {
            feed.close();
        } catch (Exception e) {
            throw new IOException("the store did not close: " + e.getMessage(), e);
        }
    }

    /** Nobody has left their room, so nobody is to be found elsewhere. */
    private static final class Absent implements PlayerDirectory {
        @Override
        public void deliver(PlayerId player, ServerMessage.Builder message) {
            // Nobody there.
        }

        @Override
        public void inventoryChanged(PlayerId player, Inventory inventory, @Nullable Room teller) {
            // All trade in one room.
        }
    }
}
