package tavern.bench.fanout;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import tavern.bench.Cores;
import tavern.bench.Section;

/** The cost of an update with NPCs and without. Those of NPCs are updates too: each is a place that a player is told. */
final class ScenesSection implements Section {
    private final Cores cores;
    private final ScenesPace pace;
    private final List<FanOutWindow> without;
    private final List<FanOutWindow> with;

    ScenesSection(Cores cores, ScenesPace pace, List<FanOutWindow> without, List<FanOutWindow> with) {
        this.cores = cores;
        this.pace = pace;
        this.without = without;
        this.with = with;
    }

    @Override
    public String key() {
        return "scenes";
    }

    private static Stats micros(List<FanOutWindow> windows) {
        return Stats.of(windows, FanOutWindow::microsPerUpdate);
    }

    private static Stats microsPerPlayer(List<FanOutWindow> windows) {
        return Stats.of(windows, FanOutWindow::microsPerPlayer);
    }

    private List<Goal> goals() {
        return List.of(Goal.atMost(
                "CPU time of an update with 100 NPCs, of that without",
                micros(with).median() / micros(without).median(),
                1.1));
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("layout", cores.text());
        json.addProperty("players", pace.players());
        json.addProperty("npcs", WanderGame.NPCS);
        json.add("without", json(without));
        json.add("with", json(with));
        json.add("aims", Goal.json(goals()));
        return json;
    }

    private static JsonObject json(List<FanOutWindow> windows) {
        JsonObject json = new JsonObject();
        json.addProperty("cpuMicros", Stats.round(micros(windows).median(), 1e4));
        json.add("rounds", micros(windows).json(1e4));
        json.addProperty(
                "cpuMicrosPerPlayer", Stats.round(microsPerPlayer(windows).median(), 1e1));
        json.addProperty(
                "bytesPerUpdate",
                Stats.round(Stats.of(windows, FanOutWindow::bytesPerUpdate).median(), 1e2));
        return json;
    }

    @Override
    public void print(PrintWriter out) {
        Lines.printMoves(out, key(), cores);
        Lines.printRounds(out, pace.players(), pace.rounds(), "of both in turn", pace.window(), pace.warmUp());
        Lines.print(out, "");
        Lines.print(
                out,
                "%-16s %11s %15s %9s %12s %14s %8s %8s",
                "",
                "µs/update",
                "lowest-highest",
                "bytes",
                "updates/s",
                "µs/player s",
                "server",
                "load");
        print(out, "without a game", without);
        print(out, WanderGame.NPCS + " NPCs a room", with);
        Goal.print(out, goals());
    }

    private static void print(PrintWriter out, String name, List<FanOutWindow> windows) {
        Lines.print(
                out,
                "%-16s %11.4f %15s %9.2f %,12.0f %14.0f %7.0f%% %7.0f%%",
                name,
                micros(windows).median(),
                micros(windows).range("%.4f"),
                Stats.of(windows, FanOutWindow::bytesPerUpdate).median(),
                Stats.of(windows, window -> window.counts().updates() / window.seconds())
                        .median(),
                microsPerPlayer(windows).median(),
                Stats.of(windows, FanOutWindow::cpuPercent).median(),
                Stats.of(windows, FanOutWindow::loadPercent).median());
    }
}
