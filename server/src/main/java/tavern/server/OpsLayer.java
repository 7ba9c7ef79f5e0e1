package tavern.server;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.archive.ArchiveSearch;
import tavern.server.archive.Archivist;
import tavern.server.config.TavernConfig;
import tavern.server.ops.OpsServer;
import tavern.server.ops.OpsServices;
import tavern.server.ops.OpsStore;
import tavern.server.ops.ServerControl;
import tavern.server.store.ArchiveSettings;
import tavern.server.store.Backups;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.ClockTrust;
import tavern.server.time.Clocks;

/**
 * The operators' way in, and what leaves the store.
 *
 * @param ops null when it is not enabled
 * @param archivist null when nothing is archived
 */
record OpsLayer(@Nullable OpsServer ops, @Nullable Archivist archivist) {
    private static final Logger log = LoggerFactory.getLogger(OpsLayer.class);

    /** @throws IOException when the address cannot be bound */
    static OpsLayer start(
            Parts parts,
            TavernConfig config,
            StoreLayer base,
            PlayLayer play,
            NetLayer net,
            ServerControl server,
            Clocks clocks,
            PrometheusMeterRegistry metrics)
            throws IOException {
        Store store = base.store();
        OpsServices watched = new OpsServices(
                server,
                net.self(),
                Version.current(),
                config.rooms().tickHz(),
                config.inForce(),
                config.game(),
                base.games(),
                play.sessions(),
                play.players(),
                new OpsStore(store, store, store, store, store, store, store, store::stats, store::announce),
                base.feed(),
                net.certificates(),
                metrics,
                clocks,
                backups(store),
                parts.opened(new ArchiveSearch(config.upkeep().archive().path(), clocks.monotonic())),
                config.upkeep());
        OpsServer ops = config.ops().enabled() ? parts.opened(OpsServer.start(config.ops(), watched)) : null;
        return new OpsLayer(ops, archivist(parts, config, base, ops, clocks));
    }

    private static Backups backups(Store store) {
        return store instanceof EmbeddedStore embedded
                ? embedded.backups()
                : Backups.none("Redis is copied with its own tools: docs/STORE.md says how");
    }

    private static @Nullable Archivist archivist(
            Parts parts, TavernConfig config, StoreLayer base, @Nullable OpsServer ops, Clocks clocks) {
        ArchiveSettings settings = config.upkeep().archive();
        if (settings.path() == null) {
            log.info("{}; all entries of the ledger stay in the store", notArchived(config.store()));
            return null;
        }
        Store store = base.store();
        return parts.opened(Archivist.start(
                settings,
                store,
                store,
                store,
                base.leases(),
                () -> ops == null ? null : ops.booksPosition(),
                clocks,
                new ClockTrust(clocks)::isTrusted));
    }

    /** Says how the ledger can be archived when no folder is in effect. */
    static String notArchived(StoreSettings store) {
        return store.kind() == StoreSettings.Kind.REDIS
                ? "nothing is archived: with Redis, store.archive.path must be absolute, and a folder that all servers"
                        + " of the realm share"
                : "nothing is archived: store.archive.path is empty";
    }
}
