package tavern.server;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.CompletableFuture;
import tavern.server.cluster.Directory;
import tavern.server.cluster.Leases;
import tavern.server.cluster.Node;
import tavern.server.cluster.NodeLease;
import tavern.server.cluster.NodeLeases;
import tavern.server.cluster.Upkeep;
import tavern.server.config.TavernConfig;
import tavern.server.feed.Feed;
import tavern.server.feed.rabbitmq.RabbitFeed;
import tavern.server.games.BrokenGamesException;
import tavern.server.games.Games;
import tavern.server.store.DirectoryStore;
import tavern.server.store.Store;
import tavern.server.time.Clocks;
import tavern.server.trace.Traces;

/**
 * What must not be lost, and what games do to it; who owns the rooms, and who is notified of what happens to goods.
 *
 * @param self completed once the server listens
 */
record StoreLayer(Store store, Games games, CompletableFuture<Node> self, Leases leases, Feed feed) {
    /** Blocks until the store has answered. @throws BrokenGamesException when games cannot be loaded */
    static StoreLayer start(
            Parts parts, TavernConfig config, Store store, Clocks clocks, MeterRegistry metrics, Traces traces)
            throws BrokenGamesException {
        parts.opened(store);
        Games games = Games.load(config.games(), clocks.wall());
        CompletableFuture<Node> self = new CompletableFuture<>();
        NodeLease node = parts.opened(takeNode(config, store, clocks));
        checkMix(config, store, clocks);
        Leases leases = parts.opened(NodeLeases.start(store, config.cluster(), self, node, clocks));
        Feed feed = parts.opened(feed(config, store, leases, clocks, metrics, traces));
        parts.opened(Upkeep.start(
                store,
                store,
                store,
                store.presence(),
                config.upkeep().roomKeptDays(),
                config.store().outcomesKeptDays(),
                config.nodeId() + "@" + OwnAddress.advertised(config),
                clocks));
        return new StoreLayer(store, games, self, leases, feed);
    }

    /** Another server may have this one's id, or an earlier life of this one until its lease runs out. */
    private static NodeLease takeNode(TavernConfig config, Store store, Clocks clocks) {
        int leaseMillis = config.cluster().leaseMillis();
        return StartAnswer.await(
                NodeLease.take(store, config.nodeId(), OwnAddress.advertised(config), leaseMillis, clocks),
                leaseMillis,
                "whether node.id = " + config.nodeId() + " is in use");
    }

    /** A server that cannot live beside this one, or cannot understand it, must be stopped before. */
    private static void checkMix(TavernConfig config, Store store, Clocks clocks) {
        DirectoryStore directory = store.directory();
        if (directory != null) {
            StartAnswer.repeated(
                    () -> Directory.look(directory, config.nodeId(), OwnReport.MIX),
                    clocks.monotonic(),
                    "which servers the realm has");
        }
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
}
