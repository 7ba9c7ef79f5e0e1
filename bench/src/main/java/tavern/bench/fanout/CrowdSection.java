package tavern.bench.fanout;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import tavern.bench.Cores;
import tavern.bench.Section;

/** What each player of a crowd costs. */
final class CrowdSection implements Section {
    /** Of fewer a p99 says nothing. */
    private static final int SAMPLES_MIN = 100;

    private final Cores cores;
    private final CrowdPace pace;
    private final Part often;
    private final Part seldom;

    /**
     * What was measured at one rate of moves.
     *
     * @param near of Tavern that tells who is near
     * @param everybody of Tavern that tells everybody
     * @param reference that tells everybody: of each tick, or of each move at once
     */
    record Part(List<Window> near, List<Window> everybody, List<Window> reference) {
        /** @param windows by server, in that order */
        static Part of(List<List<Window>> windows) {
            return new Part(windows.get(0), windows.get(1), windows.get(2));
        }
    }

    /**
     * @param often at ten moves a second
     * @param seldom at as many as one core can tell to everybody at once; the reference there does
     */
    CrowdSection(Cores cores, CrowdPace pace, Part often, Part seldom) {
        this.cores = cores;
        this.pace = pace;
        this.often = often;
        this.seldom = seldom;
    }

    @Override
    public String key() {
        return "crowd";
    }

    private static Stats perPlayer(List<Window> windows) {
        return Stats.of(windows, Window::microsPerPlayer);
    }

    private static double ratio(List<Window> windows, List<Window> of) {
        return perPlayer(windows).median() / perPlayer(of).median();
    }

    private double atOnceToNear() {
        return ratio(seldom.reference(), seldom.near());
    }

    /**
     * As many moves as players make are more than a core can tell at once to everybody, which its cost of an update tells
     * all the same; it is the same for each.
     */
    private double atOnceToNearAtFullRate() {
        double updates = Stats.of(often.everybody(), Window::updatesPerPlayer).median();
        double atOnce = Stats.of(seldom.reference(), Window::microsPerUpdate).median() * updates;
        return atOnce / perPlayer(often.near()).median();
    }

    /** What did not keep up makes no figure. */
    private boolean isLate() {
        return !isInTime(seldom.reference(), false) || !isInTime(seldom.near(), true) || !isInTime(often.near(), true);
    }

    List<Goal> goals() {
        double reached = isLate() ? Double.NaN : atOnceToNearAtFullRate();
        return List.of(Goal.atLeast("times cheaper than each change at once to everybody", reached, 10));
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("layout", cores.text());
        json.addProperty("players", pace.players());
        json.addProperty("movesPerPlayer", MovesBenchmark.RATES.moves());
        json.add("near", json(often.near()));
        json.add("everybody", json(often.everybody()));
        json.add("reference", json(often.reference()));
        json.addProperty("everybodyToNear", Stats.round(ratio(often.everybody(), often.near()), 1e2));
        JsonObject atOnce = new JsonObject();
        atOnce.addProperty("movesPerPlayer", Stats.round(pace.movesAtOnce(), 1e3));
        atOnce.add("near", json(seldom.near()));
        atOnce.add("everybody", json(seldom.everybody()));
        atOnce.add("referenceAtOnce", json(seldom.reference()));
        atOnce.addProperty("atOnceToNear", Stats.round(atOnceToNear(), 1e2));
        atOnce.addProperty("atOnceToNearAtFullRate", Stats.round(atOnceToNearAtFullRate(), 1e2));
        atOnce.addProperty("late", isLate());
        atOnce.addProperty("everybodyToNear", Stats.round(ratio(seldom.everybody(), seldom.near()), 1e2));
        json.add("atOnce", atOnce);
        json.add("aims", Goal.json(goals()));
        return json;
    }

    private static JsonObject json(List<Window> windows) {
        JsonObject json = new JsonObject();
        json.addProperty(
                "cpuMicrosPerPlayerSecond", Stats.round(perPlayer(windows).median(), 1e1));
        json.addProperty(
                "updatesPerPlayerSecond",
                Math.round(Stats.of(windows, Window::updatesPerPlayer).median()));
        json.addProperty(
                "bytesPerPlayerSecond",
                Math.round(Stats.of(windows, Window::bytesPerPlayer).median()));
        if (Double.isFinite(p99(windows))) {
            json.addProperty("p99Ms", Stats.round(p99(windows), 1e1));
        }
        json.add("rounds", perPlayer(windows).json(1e1));
        return json;
    }

    /** Told of who is near, nobody can tell which moves are to be delivered: there it is enough that nobody is lost. */
    private static boolean isInTime(Window window, boolean near) {
        boolean isWhole = near ? window.counts().disconnects() == 0 : window.isWhole();
        return isWhole && !(latencyMs(window) >= Growth.LATENCY_MS_MAX);
    }

    private static boolean isInTime(List<Window> windows, boolean near) {
        return windows.stream().allMatch(window -> isInTime(window, near));
    }

    /** NaN where few moves were seen by those who watch for them. */
    private static double latencyMs(Window window) {
        return window.counts().samples() < SAMPLES_MIN
                ? Double.NaN
                : window.counts().latencyMs(99);
    }

    private static double p99(List<Window> windows) {
        return Stats.of(windows, CrowdSection::latencyMs).median();
    }

    @Override
    public void print(PrintWriter out) {
        Lines.print(out, "crowd: one room of %,d players all over the map, 20 Hz; %s", pace.players(), cores.text());
        Lines.print(
                out,
                "medians of %d rounds of all in turn, %.1f s each after %.1f s of warming up; for each player and second:",
                pace.rounds(),
                pace.window().toMillis() / 1e3,
                pace.warmUp().toMillis() / 1e3);
        head(out, MovesBenchmark.RATES.moves());
        print(out, "Tavern, who is near", often.near(), true);
        print(out, "Tavern, everybody", often.everybody(), false);
        print(out, "reference, everybody", often.reference(), false);
        head(out, pace.movesAtOnce());
        print(out, "Tavern, who is near", seldom.near(), true);
        print(out, "Tavern, everybody", seldom.everybody(), false);
        print(out, "reference, at once", seldom.reference(), false);
        Lines.print(out, "");
        Lines.print(out, "%-58s %10s", "CPU time, of that with who is near", "ratio");
        printRatio(out, "reference, each change at once to everybody", pace.movesAtOnce(), atOnceToNear());
        printRatio(out, "the same by its cost of an update", MovesBenchmark.RATES.moves(), atOnceToNearAtFullRate());
        printRatio(out, "Tavern, everybody at each tick", pace.movesAtOnce(), ratio(seldom.everybody(), seldom.near()));
        printRatio(
                out,
                "Tavern, everybody at each tick",
                MovesBenchmark.RATES.moves(),
                ratio(often.everybody(), often.near()));
        Goal.print(out, goals());
    }

    private static void head(PrintWriter out, double moves) {
        Lines.print(out, "");
        Lines.print(
                out,
                "%-22s %9s %15s %10s %10s %8s %8s %8s %9s %8s",
                rate(moves),
                "CPU µs",
                "lowest-highest",
                "updates",
                "bytes",
                "p99 ms",
                "server",
                "load",
                "anew",
                "lost");
    }

    private static void print(PrintWriter out, String name, List<Window> windows, boolean near) {
        Lines.print(
                out,
                "%-22s %9.0f %15s %,10.0f %,10.0f %8.1f %7.0f%% %7.0f%% %9.0f %8.0f%s",
                name,
                perPlayer(windows).median(),
                perPlayer(windows).range("%.0f"),
                Stats.of(windows, Window::updatesPerPlayer).median(),
                Stats.of(windows, Window::bytesPerPlayer).median(),
                p99(windows),
                Stats.of(windows, Window::cpuPercent).median(),
                Stats.of(windows, Window::loadPercent).median(),
                Stats.of(windows, each -> each.counts().statesAnew()).median(),
                Stats.of(windows, each -> each.counts().disconnects()).median(),
                isInTime(windows, near) ? "" : "  late");
    }

    private static void printRatio(PrintWriter out, String what, double moves, double ratio) {
        Lines.print(out, "%-58s %10.2f", what + ", " + rate(moves), ratio);
    }

    private static String rate(double moves) {
        return String.format(Locale.ROOT, moves < 1 ? "%.2f moves a second" : "%.0f moves a second", moves);
    }
}
