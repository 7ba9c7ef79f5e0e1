package tavern.server.room;

import io.netty.util.concurrent.EventExecutorGroup;
import tavern.server.cache.Players;
import tavern.server.cluster.Leases;
import tavern.server.feed.Feed;
import tavern.server.game.GameSettings;
import tavern.server.game.RoomRules;
import tavern.server.guard.ReplayBudget;
import tavern.server.store.AccountStore;
import tavern.server.store.GameStore;
import tavern.server.store.RoomStore;
import tavern.server.time.Clocks;
import tavern.server.trace.Traces;

/**
 * The services that all rooms use.
 *
 * @param network the threads that serve connections, on which rooms run unless they have their own
 * @param types of rooms with games
 * @param calls what games call outside of the server
 * @param games what is kept of rooms with games
 * @param turns of those that are not decided
 * @param recordings of those, in memory
 */
public record RoomServices(
        RoomSettings settings,
        EventExecutorGroup network,
        GameSettings game,
        RoomRules.Factory rules,
        RoomTypes types,
        ServiceCalls calls,
        AccountStore accounts,
        RoomStore memory,
        GameStore games,
        Players players,
        Leases leases,
        Feed feed,
        Clocks clocks,
        ReplayBudget replay,
        TurnMemory turns,
        RoomMetrics metrics,
        Traces traces,
        RecordingMemory recordings) {}
