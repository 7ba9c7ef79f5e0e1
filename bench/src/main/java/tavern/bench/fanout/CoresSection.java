package tavern.bench.fanout;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import tavern.bench.Cores;
import tavern.bench.Section;

/** Compares one core with two. */
final class CoresSection implements Section {
    private final CoresPace pace;

    /** The results for one core, then for two; empty if this machine cannot measure them. */
    private final List<Part> parts;

    record Part(Cores cores, List<Growth.Result> growths) {
        Stats sustained() {
            return Stats.of(growths, Growth.Result::sustained);
        }

        /** The largest measured number of players that is at most this. */
        int players(int atMost) {
            return growths.stream()
                    .flatMap(growth -> growth.windows().stream())
                    .mapToInt(FanOutWindow::players)
                    .filter(players -> players <= atMost)
                    .max()
                    .orElse(0);
        }

        private List<FanOutWindow> at(int players) {
            return growths.stream()
                    .flatMap(growth -> growth.windows().stream())
                    .filter(window -> window.players() == players)
                    .toList();
        }

        Stats microsAt(int players) {
            return Stats.of(at(players), FanOutWindow::microsPerUpdate);
        }

        JsonArray growth() {
            JsonArray growth = new JsonArray();
            growths.stream()
                    .flatMap(each -> each.windows().stream())
                    .mapToInt(FanOutWindow::players)
                    .distinct()
                    .sorted()
                    .forEach(players -> growth.add(jsonAt(players)));
            return growth;
        }

        private JsonObject jsonAt(int players) {
            Stats p99 = Stats.of(at(players), window -> window.counts().latencyMs(99));
            JsonObject json = new JsonObject();
            json.addProperty("players", players);
            json.addProperty("cpuMicros", Stats.round(microsAt(players).median(), 1e3));
            json.addProperty("p99Ms", Stats.round(p99.median(), 1e1));
            return json;
        }
    }

    CoresSection(CoresPace pace, List<Part> parts) {
        this.pace = pace;
        this.parts = parts;
    }

    @Override
    public String key() {
        return "cores";
    }

    private double ratio() {
        return Growth.ratio(parts.get(1).growths(), parts.get(0).growths());
    }

    List<Goal> goals() {
        return parts.isEmpty()
                ? List.of()
                : List.of(Goal.atLeast("most players on two cores, of those on one", ratio(), 1.8));
    }

    /** The most players that one core held in every round, where the cost of an update can be compared fairly. */
    private int common() {
        return parts.get(0).players((int) parts.get(0).sustained().lowest());
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        if (parts.isEmpty()) {
            json.addProperty("layout", "needs two cores and taskset");
            return json;
        }
        json.addProperty(
                "layout",
                parts.get(0).cores().text() + "; " + parts.get(1).cores().text());
        json.addProperty("oneCore", Math.round(parts.get(0).sustained().median()));
        json.addProperty("twoCores", Math.round(parts.get(1).sustained().median()));
        json.addProperty("ratio", Stats.round(ratio(), 1e2));
        json.addProperty("comparedAtPlayers", common());
        json.addProperty(
                "oneCoreCpuMicros", Stats.round(parts.get(0).microsAt(common()).median(), 1e3));
        json.addProperty(
                "twoCoresCpuMicros", Stats.round(parts.get(1).microsAt(common()).median(), 1e3));
        json.add("oneCoreGrowth", parts.get(0).growth());
        json.add("twoCoresGrowth", parts.get(1).growth());
        json.add("aims", Goal.json(goals()));
        return json;
    }

    @Override
    public void print(PrintWriter out) {
        if (parts.isEmpty()) {
            Lines.print(out, "cores: needs two cores and taskset");
            return;
        }
        Lines.print(
                out,
                "cores: the most players of Tavern in rooms of %d, p99 below %.0f ms and nothing lost; medians of %d rounds",
                MovesBenchmark.ROOM_SIZE,
                Growth.LATENCY_MS_MAX,
                pace.rounds());
        Lines.print(out, "");
        Lines.print(out, "%-34s %16s %15s %11s", "", "players", "lowest-highest", "µs/update");
        for (Part part : parts) {
            Lines.print(
                    out,
                    "%-34s %16s %15s %11s   at %,d players",
                    part.cores().text(),
                    Growth.most(part.growths()),
                    part.sustained().range("%,.0f"),
                    Lines.number("%.3f", part.microsAt(common()).median()),
                    common());
        }
        Goal.print(out, goals());
        if (parts.get(0).cores().isShared()) {
            Lines.print(out, "The load takes about as much CPU as the server, on the same cores in both lines.");
        }
    }
}
