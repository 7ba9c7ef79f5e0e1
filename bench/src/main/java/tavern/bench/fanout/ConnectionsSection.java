package tavern.bench.fanout;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import tavern.bench.Cores;
import tavern.bench.Section;

/** The results for idle players. */
final class ConnectionsSection implements Section {
    private static final double KILO = 1024;

    private final Cores cores;
    private final ConnectionsPace pace;
    private final Rival rival;
    private final Idle tavern;
    private final Idle reference;

    ConnectionsSection(Cores cores, ConnectionsPace pace, Rival rival, Idle tavern, Idle reference) {
        this.cores = cores;
        this.pace = pace;
        this.rival = rival;
        this.tavern = tavern;
        this.reference = reference;
    }

    @Override
    public String key() {
        return "connections";
    }

    List<Goal> goals() {
        String unjudged = pace.isSettled() ? "" : "measured too soon after the players joined";
        if (rival.isOtherBuild()) {
            return List.of(
                    Goal.atMost(
                            "memory for an idle player, " + rival.possessive(),
                            tavern.bytesPerPlayer() / reference.bytesPerPlayer(),
                            rival.atMost(1)),
                    Goal.atMost(
                            "CPU time of pings, " + rival.possessive(),
                            tavern.pinging().cpuPercent() / reference.pinging().cpuPercent(),
                            rival.atMost(1)));
        }
        return List.of(
                Goal.atMost("KB of memory for an idle player", tavern.bytesPerPlayer() / KILO, 10),
                Goal.atMost("KB of resident memory for an idle player", tavern.residentBytesPerPlayer() / KILO, 12)
                        .unjudged(unjudged),
                Goal.atMost(
                                "percent of a core for all, when nobody sends",
                                tavern.silent().cpuPercent(),
                                2)
                        .unjudged(unjudged),
                Goal.atMost(
                                "percent of a core for all, with their pings",
                                tavern.pinging().cpuPercent(),
                                2)
                        .unjudged(unjudged));
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("layout", cores.text());
        json.addProperty("count", pace.players());
        json.addProperty("bytesPerConnection", Math.round(tavern.bytesPerPlayer()));
        json.addProperty("heapBytesPerConnection", Math.round(tavern.heapBytesPerPlayer()));
        json.addProperty("directBytesPerConnection", Math.round(tavern.directBytesPerPlayer()));
        json.addProperty("allBytesPerConnection", Math.round(tavern.allBytesPerPlayer()));
        json.addProperty("residentBytesPerConnection", Math.round(tavern.residentBytesPerPlayer()));
        json.addProperty("referenceResidentBytesPerConnection", Math.round(reference.residentBytesPerPlayer()));
        json.addProperty("cpuPercent", Stats.round(tavern.pinging().cpuPercent(), 1e2));
        json.addProperty("silentCpuPercent", Stats.round(tavern.silent().cpuPercent(), 1e2));
        json.addProperty("referenceBytesPerConnection", Math.round(reference.bytesPerPlayer()));
        json.addProperty("referenceCpuPercent", Stats.round(reference.pinging().cpuPercent(), 1e2));
        json.addProperty(
                "referenceSilentCpuPercent", Stats.round(reference.silent().cpuPercent(), 1e2));
        json.add("aims", Goal.json(goals()));
        return json;
    }

    @Override
    public void print(PrintWriter out) {
        Lines.print(out, "connections: %,d players in rooms of 20 who do nothing; %s", pace.players(), cores.text());
        Lines.print(
                out,
                "memory after a full collection, less that before they joined; CPU of a core, %.1f s after the last join:"
                        + " %d times %.1f s of silence, then %.1f s in which each pings every 5 s",
                pace.settle().toMillis() / 1e3,
                pace.turns(),
                pace.silent().toMillis() / 1e3,
                pace.pinging().toMillis() / 1e3);
        Lines.print(out, "");
        Lines.print(
                out,
                "%-12s %12s %12s %12s %14s %14s %10s %10s",
                "",
                "KB/player",
                "of it heap",
                "and direct",
                "all/player KB",
                "resident KB",
                "pinging",
                "silent");
        for (Idle each : List.of(tavern, reference)) {
            Lines.print(
                    out,
                    "%-12s %12.2f %12.2f %12.2f %14.2f %14.2f %9.2f%% %9.2f%%",
                    each.title(),
                    each.bytesPerPlayer() / KILO,
                    each.heapBytesPerPlayer() / KILO,
                    each.directBytesPerPlayer() / KILO,
                    each.allBytesPerPlayer() / KILO,
                    each.residentBytesPerPlayer() / KILO,
                    each.pinging().cpuPercent(),
                    each.silent().cpuPercent());
        }
        Goal.print(out, goals());
    }
}
