package tavern.bench.fanout;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import tavern.bench.Cores;
import tavern.bench.Section;

/** How players were served beside slow readers. */
final class SlowReadersSection implements Section {
    private static final double MEGA = 1 << 20;
    private static final double P99 = 99;

    private final Cores cores;
    private final SlowReadersPace pace;
    private final List<Siege> sieges;

    /**
     * The results over one transport.
     *
     * @param sentAway how often slow readers were disconnected
     * @param waitingMax the most bytes that waited for all clients together
     * @param budget the limit for these bytes
     * @param servedAfter seconds from the end of the attack until a room full of newcomers had joined
     */
    record Siege(
            String transport,
            FanOutWindow before,
            FanOutWindow during,
            FanOutWindow after,
            long sentAway,
            long waitingMax,
            long budget,
            long residentMax,
            double servedAfter) {
        double ratio() {
            return during.counts().latencyMs(P99) / before.counts().latencyMs(P99);
        }
    }

    SlowReadersSection(Cores cores, SlowReadersPace pace, List<Siege> sieges) {
        this.cores = cores;
        this.pace = pace;
        this.sieges = sieges;
    }

    @Override
    public String key() {
        return "slowReaders";
    }

    List<Goal> goals() {
        String unjudged = pace.isJudged() ? "" : "too short";
        List<Goal> goals = new ArrayList<>();
        for (Siege siege : sieges) {
            String over = siege.transport() + ": ";
            goals.add(Goal.atMost(over + "honest p99 during, of that before", siege.ratio(), 1.5)
                    .unjudged(unjudged));
            goals.add(Goal.atMost(
                    over + "waiting bytes, of their budget", siege.waitingMax() / (double) siege.budget(), 1.02));
            goals.add(Goal.atMost(over + "seconds until newcomers are served", siege.servedAfter(), 5));
            goals.add(Goal.atMost(
                    over + "honest players sent away", siege.during().counts().disconnects(), 0));
        }
        return goals;
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("layout", cores.text());
        json.addProperty("honest", pace.honest());
        json.addProperty("slow", pace.slow());
        JsonArray all = new JsonArray();
        for (Siege siege : sieges) {
            JsonObject one = new JsonObject();
            one.addProperty("transport", siege.transport());
            one.addProperty("p99MsBefore", Stats.round(siege.before().counts().latencyMs(P99), 1e2));
            one.addProperty("p99MsDuring", Stats.round(siege.during().counts().latencyMs(P99), 1e2));
            one.addProperty("p99MsAfter", Stats.round(siege.after().counts().latencyMs(P99), 1e2));
            one.addProperty("cpuPercent", Stats.round(siege.during().cpuPercent(), 1e2));
            one.addProperty("sentAway", siege.sentAway());
            one.addProperty("waitingBytesMax", siege.waitingMax());
            one.addProperty("budgetBytes", siege.budget());
            one.addProperty("residentBytesMax", siege.residentMax());
            one.addProperty("servedAfterSeconds", Stats.round(siege.servedAfter(), 1e2));
            all.add(one);
        }
        json.add("transports", all);
        json.add("aims", Goal.json(goals()));
        return json;
    }

    @Override
    public void print(PrintWriter out) {
        Lines.print(
                out,
                "slow readers: %d players who move, beside %d who read 16 KB each half second for %d s; %s",
                pace.honest(),
                pace.slow(),
                pace.attack().toSeconds(),
                cores.text());
        Lines.print(out, "");
        Lines.print(
                out,
                "%-10s %11s %11s %11s %8s %8s %10s %14s %10s %12s",
                "",
                "p99 before",
                "during",
                "after, ms",
                "server",
                "load",
                "sent away",
                "waiting, MB",
                "budget",
                "resident MB");
        for (Siege siege : sieges) {
            Lines.print(
                    out,
                    "%-10s %11.2f %11.2f %11.2f %7.0f%% %7.0f%% %10d %14.0f %10.0f %12.0f",
                    siege.transport(),
                    siege.before().counts().latencyMs(P99),
                    siege.during().counts().latencyMs(P99),
                    siege.after().counts().latencyMs(P99),
                    siege.during().cpuPercent(),
                    siege.during().loadPercent(),
                    siege.sentAway(),
                    siege.waitingMax() / MEGA,
                    siege.budget() / MEGA,
                    siege.residentMax() / MEGA);
        }
        Goal.print(out, goals());
    }
}
