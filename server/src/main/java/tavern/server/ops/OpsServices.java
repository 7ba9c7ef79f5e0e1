package tavern.server.ops;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.SortedMap;
import tavern.server.archive.ArchiveSearch;
import tavern.server.cache.Players;
import tavern.server.cluster.Node;
import tavern.server.feed.Feed;
import tavern.server.game.GameSettings;
import tavern.server.games.Games;
import tavern.server.room.Rooms;
import tavern.server.session.Sessions;
import tavern.server.store.Backups;
import tavern.server.store.UpkeepSettings;
import tavern.server.time.Clocks;
import tavern.server.tls.Certificates;

/**
 * What operators see and control.
 *
 * @param tickHz of rooms
 * @param inForce every setting, in a form that may be shown
 * @param game settings of the game, including what new players get
 */
public record OpsServices(
        ServerControl host,
        Node self,
        String version,
        int tickHz,
        SortedMap<String, Setting> inForce,
        GameSettings game,
        Games games,
        Sessions sessions,
        Players players,
        OpsStore store,
        Feed feed,
        Certificates certificates,
        PrometheusMeterRegistry metrics,
        Clocks clocks,
        Backups backups,
        ArchiveSearch archive,
        UpkeepSettings upkeep) {
    Rooms rooms() {
        return sessions.rooms();
    }

    /** The folder of the embedded store. */
    String storePath() {
        Setting path = inForce.get("store.path");
        return path == null
                ? ""
                : Path.of(path.value()).toAbsolutePath().normalize().toString();
    }

    String realm() {
        Setting realm = inForce.get("realm");
        return realm == null ? "" : realm.value();
    }

    String storeKind() {
        Setting kind = inForce.get("store.kind");
        return kind == null ? "" : kind.value();
    }
}
