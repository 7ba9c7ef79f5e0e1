package tavern.server.room;

import io.netty.util.concurrent.EventExecutorGroup;
import tavern.server.cache.Players;
import tavern.server.cluster.Leases;
import tavern.server.feed.Feed;
import tavern.server.game.GameSettings;
import tavern.server.game.RoomRules;
import tavern.server.guard.ReplayBudget;
import tavern.server.store.AccountStore;
import tavern.server.store.RoomStore;
import tavern.server.time.Clocks;

/**
 * The services that all rooms use. @param network the threads that serve connections, on which rooms run unless they
 * have their own
 */
public record RoomServices(
        RoomSettings settings,
        EventExecutorGroup network,
        GameSettings game,
        RoomRules.Factory rules,
        AccountStore accounts,
        RoomStore memory,
        Players players,
        Leases leases,
        Feed feed,
        Clocks clocks,
        ReplayBudget replay,
        RoomMetrics metrics) {}
