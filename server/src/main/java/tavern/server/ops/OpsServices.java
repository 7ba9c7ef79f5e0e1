package tavern.server.ops;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.InstantSource;
import java.util.SortedMap;
import tavern.server.cache.Players;
import tavern.server.cluster.Node;
import tavern.server.feed.Feed;
import tavern.server.room.Rooms;
import tavern.server.session.Sessions;
import tavern.server.store.Store;

/**
 * What operators see and steer.
 *
 * @param tickHz of rooms
 * @param outboxRowsMax at which trades are refused
 * @param inForce every setting, as it may be shown
 */
public record OpsServices(
        Host host,
        Node self,
        String version,
        int tickHz,
        int outboxRowsMax,
        SortedMap<String, Setting> inForce,
        Sessions sessions,
        Players players,
        Store store,
        Feed feed,
        PrometheusMeterRegistry metrics,
        InstantSource clock) {
    Rooms rooms() {
        return sessions.rooms();
    }

    String storeKind() {
        Setting kind = inForce.get("store.kind");
        return kind == null ? "" : kind.value();
    }
}
