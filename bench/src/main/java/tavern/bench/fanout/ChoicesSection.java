package tavern.bench.fanout;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import tavern.bench.Cores;
import tavern.bench.Section;

/** The results of each choice beside the default, measured in the same minutes. */
final class ChoicesSection implements Section {
    private final Cores cores;
    private final ChoicesPace pace;
    private final List<Group> groups;
    private final List<Choice> impossible;

    /** Servers that ran at the same time. */
    record Group(Result asItIs, List<Result> others) {}

    /** @param residentBytes resident memory at the end, with all players connected */
    record Result(Choice choice, List<FanOutWindow> windows, long residentBytes) {
        Stats micros() {
            return Stats.of(windows, FanOutWindow::microsPerUpdate);
        }

        Stats latencyMs(double percentile) {
            return Stats.of(windows, window -> window.counts().latencyMs(percentile));
        }

        double megabytes() {
            return residentBytes / 1e6;
        }

        boolean isWhole() {
            return windows.stream().allMatch(FanOutWindow::isWhole);
        }
    }

    /** @param impossible choices that were requested but are not supported here */
    ChoicesSection(Cores cores, ChoicesPace pace, List<Group> groups, List<Choice> impossible) {
        this.cores = cores;
        this.pace = pace;
        this.groups = groups;
        this.impossible = impossible;
    }

    @Override
    public String key() {
        return "choices";
    }

    private static double ratio(Result result, Group group) {
        return result.micros().median() / group.asItIs().micros().median();
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("layout", cores.text());
        json.addProperty("players", pace.players());
        for (Group group : groups) {
            for (Result result : group.others()) {
                JsonObject each = json(result);
                each.add("asItIs", json(group.asItIs()));
                each.addProperty("ratio", Stats.round(ratio(result, group), 1e3));
                json.add(result.choice().key(), each);
            }
        }
        JsonArray missing = new JsonArray();
        impossible.forEach(choice -> missing.add(choice.key()));
        json.add("impossible", missing);
        return json;
    }

    private static JsonObject json(Result result) {
        JsonObject json = new JsonObject();
        json.addProperty("cpuMicros", Stats.round(result.micros().median(), 1e3));
        json.add("rounds", result.micros().json(1e3));
        json.addProperty("p99Ms", Stats.round(result.latencyMs(99).median(), 1e1));
        json.addProperty("residentBytes", result.residentBytes());
        json.addProperty("whole", result.isWhole());
        return json;
    }

    @Override
    public void print(PrintWriter out) {
        Lines.printMoves(out, key(), cores);
        Lines.printRounds(
                out, pace.players(), pace.rounds(), "in turn with the default beside", pace.window(), pace.warmUp());
        Lines.print(out, "");
        Lines.print(
                out,
                "%-24s %11s %15s %9s %8s %8s %8s %8s",
                "",
                "µs/update",
                "lowest-highest",
                "ratio",
                "p50 ms",
                "p99 ms",
                "MB",
                "load");
        for (Group group : groups) {
            print(out, group.asItIs(), group);
            group.others().forEach(result -> print(out, result, group));
        }
        impossible.forEach(choice -> Lines.print(out, "%-24s is not supported here", choice.title()));
    }

    private static void print(PrintWriter out, Result result, Group group) {
        Lines.print(
                out,
                "%-24s %11.3f %15s %9.3f %8.1f %8.1f %8.0f %7.0f%%%s",
                result.choice().title(),
                result.micros().median(),
                result.micros().range("%.3f"),
                ratio(result, group),
                result.latencyMs(50).median(),
                result.latencyMs(99).median(),
                result.megabytes(),
                Stats.of(result.windows(), FanOutWindow::loadPercent).median(),
                result.isWhole() ? "" : "  not all was seen");
    }
}
