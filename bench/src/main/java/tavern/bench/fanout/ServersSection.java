package tavern.bench.fanout;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;
import tavern.bench.Cores;
import tavern.bench.Section;

/** What a player costs on one server, and on two with as many players each. */
final class ServersSection implements Section {
    private static final double SCALE_MIN = 1.8;

    private final ServersPace pace;
    private final Cores cores;
    private final List<FanOutWindow> one;
    private final List<FanOutWindow> two;

    ServersSection(ServersPace pace, Cores cores, List<FanOutWindow> one, List<FanOutWindow> two) {
        this.pace = pace;
        this.cores = cores;
        this.one = one;
        this.two = two;
    }

    @Override
    public String key() {
        return "servers";
    }

    private static Stats micros(List<FanOutWindow> windows) {
        return Stats.of(windows, FanOutWindow::microsPerPlayer);
    }

    private static Stats perUpdate(List<FanOutWindow> windows) {
        return Stats.of(windows, FanOutWindow::microsPerUpdate);
    }

    /** As many times the players of one server two hold on twice the cores. */
    private double scale() {
        return fault().isEmpty() ? 2 * perUpdate(one).median() / perUpdate(two).median() : Double.NaN;
    }

    /** What the first who missed something missed; empty for nothing. */
    private String fault() {
        return Stream.concat(one.stream(), two.stream())
                .map(FanOutWindow::fault)
                .filter(fault -> !fault.isEmpty())
                .findFirst()
                .orElse("");
    }

    List<Goal> goals() {
        return List.of(Goal.atLeast("players of two servers, of those of one, by CPU time", scale(), SCALE_MIN));
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("layout", cores.text());
        json.addProperty("playersOfEachServer", pace.players());
        json.add("oneServer", json(one));
        json.add("twoServers", json(two));
        json.addProperty("scale", Stats.round(scale(), 1e2));
        json.add("aims", Goal.json(goals()));
        return json;
    }

    private static JsonObject json(List<FanOutWindow> windows) {
        JsonObject json = new JsonObject();
        json.addProperty("cpuMicrosPerPlayerSecond", Stats.round(micros(windows).median(), 1e1));
        json.addProperty("cpuMicrosPerUpdate", Stats.round(perUpdate(windows).median(), 1e3));
        json.add("rounds", micros(windows).json(1e1));
        return json;
    }

    @Override
    public void print(PrintWriter out) {
        Lines.printMoves(out, "servers", cores);
        Lines.printRounds(out, pace.players(), pace.rounds(), "of both in turn", pace.window(), pace.warmUp());
        Lines.print(
                out,
                "So many on each server. The three servers are of one realm and share the server's core, whether one or two of them play.");
        Lines.print(out, "");
        Lines.print(
                out,
                "%-22s %14s %15s %11s %8s %8s",
                "",
                "CPU µs/player",
                "lowest-highest",
                "µs/update",
                "servers",
                "load");
        print(out, "one server", one);
        print(out, "two servers", two);
        if (!Double.isFinite(scale())) {
            Lines.print(out, "No ratio is computed: %s.", fault());
        }
        Goal.print(out, goals());
    }

    private static void print(PrintWriter out, String what, List<FanOutWindow> windows) {
        Lines.print(
                out,
                "%-22s %14.1f %15s %11.3f %7.0f%% %7.0f%%",
                what,
                micros(windows).median(),
                micros(windows).range("%.0f"),
                perUpdate(windows).median(),
                Stats.of(windows, FanOutWindow::cpuPercent).median(),
                Stats.of(windows, FanOutWindow::loadPercent).median());
    }
}
