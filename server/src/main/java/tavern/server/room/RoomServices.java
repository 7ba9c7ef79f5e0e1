package tavern.server.room;

import io.netty.util.concurrent.EventExecutorGroup;
import java.time.InstantSource;
import tavern.server.cache.Players;
import tavern.server.cluster.Leases;
import tavern.server.feed.Feed;
import tavern.server.game.GameSettings;
import tavern.server.game.RoomRules;
import tavern.server.store.Store;

/** What all rooms use. @param network the threads that serve connections, on which rooms run unless they have their own */
public record RoomServices(
        RoomSettings settings,
        EventExecutorGroup network,
        GameSettings game,
        RoomRules.Factory rules,
        Store store,
        Players players,
        Leases leases,
        Feed feed,
        InstantSource clock,
        RoomMetrics metrics) {}
