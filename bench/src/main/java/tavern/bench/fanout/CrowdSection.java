package tavern.bench.fanout;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import tavern.bench.Cores;
import tavern.bench.Section;

/** What each player of a crowd costs. */
final class CrowdSection implements Section {
    private final Cores cores;
    private final CrowdPace pace;
    private final List<Window> atOnce;
    private final List<Window> reference;
    private final List<Window> everybody;
    private final List<Window> near;

    /**
     * @param windows of the reference that tells each move at once, of the one with ticks, of Tavern that tells everybody,
     *     and of Tavern that tells who is near
     */
    CrowdSection(Cores cores, CrowdPace pace, List<List<Window>> windows) {
        this.cores = cores;
        this.pace = pace;
        this.atOnce = windows.get(0);
        this.reference = windows.get(1);
        this.everybody = windows.get(2);
        this.near = windows.get(3);
    }

    @Override
    public String key() {
        return "crowd";
    }

    private static Stats perPlayer(List<Window> windows) {
        return Stats.of(windows, Window::microsPerPlayer);
    }

    /** Of the server's time for each player and second, were all moves of the others sent one by one. */
    private double atOnceMicros() {
        double updates = MovesBenchmark.RATES.moves() * (pace.players() - 1);
        return Stats.of(atOnce, Window::microsPerUpdate).median() * updates;
    }

    List<Goal> goals() {
        double nearMicros = perPlayer(near).median();
        double openMicros = perPlayer(everybody).median();
        return List.of(Goal.atLeast("times cheaper than everybody at each tick", openMicros / nearMicros, 10));
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("layout", cores.text());
        json.addProperty("players", pace.players());
        json.add("everybody", json(everybody));
        json.add("near", json(near));
        JsonObject each = json(atOnce);
        each.addProperty("cpuMicrosPerPlayerSecondAtFullRate", Math.round(atOnceMicros()));
        json.add("referenceAtOnce", each);
        json.add("reference", json(reference));
        json.add("aims", Goal.json(goals()));
        return json;
    }

    private static JsonObject json(List<Window> windows) {
        JsonObject json = new JsonObject();
        json.addProperty(
                "cpuMicrosPerPlayerSecond", Stats.round(perPlayer(windows).median(), 1e1));
        json.addProperty("updatesPerPlayerSecond", Math.round(updates(windows)));
        json.addProperty("bytesPerPlayerSecond", Math.round(bytes(windows)));
        json.add("rounds", perPlayer(windows).json(1e1));
        return json;
    }

    private static double updates(List<Window> windows) {
        return Stats.of(windows, each -> each.counts().updates() / each.seconds() / each.players())
                .median();
    }

    private static double bytes(List<Window> windows) {
        return Stats.of(windows, each -> each.counts().snapshotBytes() / each.seconds() / each.players())
                .median();
    }

    @Override
    public void print(PrintWriter out) {
        Lines.print(
                out,
                "crowd: one room of %,d players all over the map, 10 moves a second from each, 20 Hz; %s",
                pace.players(),
                cores.text());
        Lines.print(
                out,
                "medians of %d rounds of all in turn, %.1f s each after %.1f s of warming up; for each player and second:",
                pace.rounds(),
                pace.window().toMillis() / 1e3,
                pace.warmUp().toMillis() / 1e3);
        Lines.print(out, "");
        Lines.print(
                out,
                "%-22s %9s %15s %10s %10s %8s %8s %9s %8s",
                "",
                "CPU µs",
                "lowest-highest",
                "updates",
                "bytes",
                "server",
                "load",
                "anew",
                "lost");
        print(out, "Tavern, who is near", near);
        print(out, "Tavern, everybody", everybody);
        print(out, "reference, everybody", reference);
        print(out, "reference, at once *", atOnce);
        Lines.print(
                out,
                "* at %.2f moves a second; each update alone costs %.2f µs, so with 10 moves a second a player would cost %,.0f µs",
                pace.movesAtOnce(),
                Stats.of(atOnce, Window::microsPerUpdate).median(),
                atOnceMicros());
        Goal.print(out, goals());
    }

    private static void print(PrintWriter out, String name, List<Window> windows) {
        Lines.print(
                out,
                "%-22s %9.0f %15s %,10.0f %,10.0f %7.0f%% %7.0f%% %9.0f %8.0f",
                name,
                perPlayer(windows).median(),
                perPlayer(windows).range("%.0f"),
                updates(windows),
                bytes(windows),
                Stats.of(windows, Window::cpuPercent).median(),
                Stats.of(windows, Window::loadPercent).median(),
                Stats.of(windows, each -> each.counts().statesAnew()).median(),
                Stats.of(windows, each -> each.counts().disconnects()).median());
    }
}
