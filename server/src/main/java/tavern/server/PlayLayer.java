package tavern.server;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.Collections;
import java.util.SplittableRandom;
import tavern.game.Goods;
import tavern.server.cache.Players;
import tavern.server.config.TavernConfig;
import tavern.server.feed.Feed;
import tavern.server.game.GameSettings;
import tavern.server.game.RoomRules;
import tavern.server.game.WordFilter;
import tavern.server.guard.Heartbeats;
import tavern.server.guard.ReplayBudget;
import tavern.server.net.EventLoops;
import tavern.server.room.RoomMetrics;
import tavern.server.room.RoomServices;
import tavern.server.services.HttpServices;
import tavern.server.session.AddressBlocks;
import tavern.server.session.SessionMetrics;
import tavern.server.session.Sessions;
import tavern.server.store.GrantTransactions;
import tavern.server.store.Store;
import tavern.server.time.Clocks;
import tavern.server.trace.Traces;

/**
 * The players' records, rooms, and the sessions that play in them.
 *
 * @param rooms what rooms use
 * @param uncounted addresses that are not limited
 */
record PlayLayer(
        Players players,
        EventLoops loops,
        ReplayBudget replay,
        RoomServices rooms,
        AddressBlocks uncounted,
        Sessions sessions) {
    /** Blocks until the store has answered. @throws IOException when there are no event loops */
    static PlayLayer start(
            Parts parts,
            TavernConfig config,
            StoreLayer base,
            RoomRules.Factory rules,
            WordFilter filter,
            Heartbeats heartbeats,
            Clocks clocks,
            MeterRegistry metrics,
            Traces traces)
            throws IOException {
        Store store = base.store();
        Players players = players(config.game(), store, base.feed(), clocks, metrics);
        store.listen(players);
        EventLoops loops = parts.opened(EventLoops.start(config.net()));
        loops.watchedBy(heartbeats);
        ReplayBudget replay = MemoryBudgets.replay(config);
        RoomServices services = new RoomServices(
                config.rooms(),
                loops.threads(),
                config.game(),
                rules,
                base.games(),
                parts.opened(HttpServices.start(config.services(), new SplittableRandom(), metrics)),
                store,
                store,
                store,
                players,
                base.leases(),
                base.feed(),
                clocks,
                replay,
                MemoryBudgets.turns(config, metrics),
                new RoomMetrics(metrics),
                traces,
                MemoryBudgets.recordings(config, metrics));
        AddressBlocks uncounted = AddressBlocks.of(config.net().limits().uncountedAddresses());
        Sessions sessions = parts.opened(new Sessions(
                config.nodeId(),
                base.self(),
                config.sessions(),
                services,
                store,
                store.presence(),
                uncounted,
                filter,
                new SessionMetrics(metrics)));
        players.tell(sessions);
        parts.opened(sessions.rooms());
        heartbeats.watch(sessions.rooms().ownThreads());
        // Before anyone is served, so that nobody can do in the first moments what operators have stopped.
        StartAnswer.repeated(
                parts.opened(sessions.freezes())::start, clocks.monotonic(), "what operators have stopped");
        return new PlayLayer(players, loops, replay, services, uncounted, sessions);
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
}
