package tavern.server;

import java.util.function.Supplier;
import tavern.protocol.Protocol;
import tavern.server.cluster.Node;
import tavern.server.cluster.NodeLoad;
import tavern.server.cluster.NodeMix;
import tavern.server.cluster.NodeReport;
import tavern.server.config.TavernConfig;
import tavern.server.games.Games;
import tavern.server.guard.Heartbeats;
import tavern.server.guard.ProcessLimits;
import tavern.server.ops.ServerControl;
import tavern.server.session.Sessions;
import tavern.server.time.Clocks;

/** What this server says of itself to the realm's others. Safe on any thread. */
final class OwnReport implements Supplier<NodeReport> {
    /** What this build can live beside. */
    static final NodeMix MIX =
            new NodeMix(Protocol.VERSION_MIN, Protocol.VERSION_MAX, NodeMix.FORMAT_MIN, NodeMix.FORMAT);

    private static final long CPU_WINDOW_MILLIS = 5_000;

    private final TavernConfig config;
    private final Node self;
    private final Games games;
    private final Sessions sessions;
    private final ServerControl server;
    private final Heartbeats heartbeats;
    private final Clocks clocks;
    private final long sinceMillis;
    private final String version;

    // Guarded by this.
    private long cpuNanos = ProcessLimits.cpuNanos();
    private long cpuAtMillis;
    private int cpuPermille;

    OwnReport(
            TavernConfig config,
            Node self,
            Games games,
            Sessions sessions,
            ServerControl server,
            Heartbeats heartbeats,
            Clocks clocks) {
        this.config = config;
        this.self = self;
        this.games = games;
        this.sessions = sessions;
        this.server = server;
        this.heartbeats = heartbeats;
        this.clocks = clocks;
        this.sinceMillis = clocks.wall().millis();
        String named = config.cluster().version();
        this.version = named.isEmpty() ? Version.current() : named;
        this.cpuAtMillis = clocks.monotonic().millis();
    }

    @Override
    public NodeReport get() {
        Runtime runtime = Runtime.getRuntime();
        return new NodeReport(
                self,
                sinceMillis,
                version,
                MIX,
                server.isDraining(),
                games.current().types().keySet(),
                new NodeLoad(
                        sessions.size(),
                        config.sessions().sessionsMax(),
                        server.connections(),
                        config.net().limits().connectionsMax(),
                        sessions.rooms().size(),
                        config.rooms().roomsMax(),
                        heartbeats.busiestPermille(),
                        cpuPermille(),
                        runtime.totalMemory() - runtime.freeMemory(),
                        runtime.maxMemory()));
    }

    /** Of a core, in the last seconds. */
    private synchronized int cpuPermille() {
        long now = clocks.monotonic().millis();
        long elapsed = now - cpuAtMillis;
        if (elapsed >= CPU_WINDOW_MILLIS) {
            long cpu = ProcessLimits.cpuNanos();
            cpuPermille = (int) ((cpu - cpuNanos) / 1_000 / elapsed);
            cpuNanos = cpu;
            cpuAtMillis = now;
        }
        return cpuPermille;
    }
}
