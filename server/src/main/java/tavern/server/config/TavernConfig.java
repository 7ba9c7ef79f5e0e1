package tavern.server.config;

import java.util.List;
import java.util.SortedMap;
import tavern.server.agones.AgonesSettings;
import tavern.server.cluster.ClusterSettings;
import tavern.server.feed.FeedSettings;
import tavern.server.game.GameSettings;
import tavern.server.games.GamesSettings;
import tavern.server.net.NetSettings;
import tavern.server.ops.OpsSettings;
import tavern.server.ops.Setting;
import tavern.server.room.RoomSettings;
import tavern.server.services.ServiceSettings;
import tavern.server.session.AuthSettings;
import tavern.server.session.SessionSettings;
import tavern.server.store.StoreSettings;
import tavern.server.store.UpkeepSettings;
import tavern.server.trace.TraceSettings;

/**
 * All settings, checked.
 *
 * @param realm the unit of data placement
 * @param nodeId of this server, unique in the realm
 * @param services that games call
 * @param inForce every setting by its key, in a form that may be shown
 */
public record TavernConfig(
        String realm,
        String nodeId,
        NetSettings net,
        AuthSettings auth,
        SessionSettings sessions,
        RoomSettings rooms,
        GameSettings game,
        GamesSettings games,
        List<ServiceSettings> services,
        StoreSettings store,
        UpkeepSettings upkeep,
        FeedSettings feed,
        ClusterSettings cluster,
        OpsSettings ops,
        AgonesSettings agones,
        TraceSettings tracing,
        SortedMap<String, Setting> inForce) {}
