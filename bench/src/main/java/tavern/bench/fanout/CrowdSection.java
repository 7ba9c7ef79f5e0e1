package tavern.bench.fanout;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tavern.bench.Cores;
import tavern.bench.Section;

/** The cost per player of a crowd. */
final class CrowdSection implements Section {
    /** With fewer samples a p99 is meaningless. */
    private static final int SAMPLES_MIN = 100;

    private final Cores cores;
    private final CrowdPace pace;
    private final Part often;
    private final Part seldom;

    /** The windows of one server at one rate of moves. @param near whether players see only those nearby */
    private record Row(String title, List<FanOutWindow> windows, boolean near) {
        Stats microsPerPlayer() {
            return Stats.of(windows, FanOutWindow::microsPerPlayer);
        }

        Stats updatesPerPlayer() {
            return Stats.of(windows, FanOutWindow::updatesPerPlayer);
        }

        Stats bytesPerPlayer() {
            return Stats.of(windows, FanOutWindow::bytesPerPlayer);
        }

        double p99Ms() {
            return Stats.of(windows, Row::latencyMs).median();
        }

        /** Whether the server did not keep up, in which case no ratio is computed. */
        boolean isLate() {
            return !windows.stream().allMatch(this::isInTime);
        }

        /**
         * If players see only those nearby, the expected updates are unknown; then it suffices that nobody is
         * disconnected.
         */
        private boolean isInTime(FanOutWindow window) {
            boolean isWhole = near ? window.counts().disconnects() == 0 : window.isWhole();
            return isWhole && !(latencyMs(window) >= Growth.LATENCY_MS_MAX);
        }

        /** NaN if the watchers saw too few moves. */
        private static double latencyMs(FanOutWindow window) {
            return window.counts().samples() < SAMPLES_MIN
                    ? Double.NaN
                    : window.counts().latencyMs(99);
        }

        JsonObject json() {
            JsonObject json = new JsonObject();
            json.addProperty(
                    "cpuMicrosPerPlayerSecond", Stats.round(microsPerPlayer().median(), 1e1));
            json.addProperty(
                    "updatesPerPlayerSecond", Math.round(updatesPerPlayer().median()));
            json.addProperty("bytesPerPlayerSecond", Math.round(bytesPerPlayer().median()));
            if (Double.isFinite(p99Ms())) {
                json.addProperty("p99Ms", Stats.round(p99Ms(), 1e1));
            }
            json.addProperty("late", isLate());
            json.add("rounds", microsPerPlayer().json(1e1));
            return json;
        }

        void print(PrintWriter out) {
            Lines.print(
                    out,
                    "%-22s %9.0f %15s %,10.0f %,10.0f %8s %7.0f%% %7.0f%% %9.0f %8.0f%s",
                    title,
                    microsPerPlayer().median(),
                    microsPerPlayer().range("%.0f"),
                    updatesPerPlayer().median(),
                    bytesPerPlayer().median(),
                    Lines.number("%.1f", p99Ms()),
                    Stats.of(windows, FanOutWindow::cpuPercent).median(),
                    Stats.of(windows, FanOutWindow::loadPercent).median(),
                    Stats.of(windows, each -> each.counts().statesAnew()).median(),
                    Stats.of(windows, each -> each.counts().disconnects()).median(),
                    isLate() ? "  late" : "");
        }
    }

    /**
     * The results at one rate of moves.
     *
     * @param near Tavern when players see those nearby
     * @param everybody Tavern when players see everybody
     * @param reference the reference, where players see everybody: at each tick, or each move at once
     */
    private record Part(Row near, Row everybody, Row reference) {
        static Part of(List<List<FanOutWindow>> windows, String reference) {
            return new Part(
                    new Row("Tavern, who is near", windows.get(0), true),
                    new Row("Tavern, everybody", windows.get(1), false),
                    new Row(reference, windows.get(2), false));
        }

        void print(PrintWriter out, double moves) {
            head(out, moves);
            near.print(out);
            everybody.print(out);
            reference.print(out);
        }
    }

    /**
     * Takes the windows of Tavern with players who see those nearby, of Tavern with players who see everybody, and of
     * the
     * reference.
     *
     * @param often windows at ten moves per second
     * @param seldom windows at the rate that one core can send to everybody at once, which the reference does there
     */
    CrowdSection(Cores cores, CrowdPace pace, List<List<FanOutWindow>> often, List<List<FanOutWindow>> seldom) {
        this.cores = cores;
        this.pace = pace;
        this.often = Part.of(often, "reference, everybody");
        this.seldom = Part.of(seldom, "reference, at once");
    }

    @Override
    public String key() {
        return "crowd";
    }

    /** The ratio of CPU times; NaN if one of the two was late. */
    private static double ratio(Row row, Row of) {
        return row.isLate() || of.isLate()
                ? Double.NaN
                : row.microsPerPlayer().median() / of.microsPerPlayer().median();
    }

    private double atOnceToNear() {
        return ratio(seldom.reference(), seldom.near());
    }

    /**
     * One core cannot send moves at the full rate to everybody at once, so this extrapolates from the cost of an
     * update,
     * which is the same for each update.
     */
    private double atOnceToNearAtFullRate() {
        if (Stream.of(often.near(), often.everybody(), seldom.reference()).anyMatch(Row::isLate)) {
            return Double.NaN;
        }
        double micros = Stats.of(seldom.reference().windows(), FanOutWindow::microsPerUpdate)
                .median();
        return micros
                * often.everybody().updatesPerPlayer().median()
                / often.near().microsPerPlayer().median();
    }

    List<Goal> goals() {
        return List.of(
                Goal.atLeast("times cheaper than each change at once to everybody", atOnceToNearAtFullRate(), 10));
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("layout", cores.text());
        json.addProperty("players", pace.players());
        json.addProperty("movesPerPlayer", MovesBenchmark.RATES.moves());
        json.add("near", often.near().json());
        json.add("everybody", often.everybody().json());
        json.add("reference", often.reference().json());
        json.addProperty("everybodyToNear", Stats.round(ratio(often.everybody(), often.near()), 1e2));
        JsonObject atOnce = new JsonObject();
        atOnce.addProperty("movesPerPlayer", Stats.round(pace.movesAtOnce(), 1e3));
        atOnce.add("near", seldom.near().json());
        atOnce.add("everybody", seldom.everybody().json());
        atOnce.add("referenceAtOnce", seldom.reference().json());
        atOnce.addProperty("atOnceToNear", Stats.round(atOnceToNear(), 1e2));
        atOnce.addProperty("atOnceToNearAtFullRate", Stats.round(atOnceToNearAtFullRate(), 1e2));
        atOnce.addProperty("everybodyToNear", Stats.round(ratio(seldom.everybody(), seldom.near()), 1e2));
        json.add("atOnce", atOnce);
        json.add("aims", Goal.json(goals()));
        return json;
    }

    @Override
    public void print(PrintWriter out) {
        Lines.print(out, "crowd: one room of %,d players spread over the map, 20 Hz; %s", pace.players(), cores.text());
        Lines.print(
                out,
                "medians of %d rounds of all in turn, %.1f s each after %.1f s of warming up; for each player and second:",
                pace.rounds(),
                pace.window().toMillis() / 1e3,
                pace.warmUp().toMillis() / 1e3);
        often.print(out, MovesBenchmark.RATES.moves());
        seldom.print(out, pace.movesAtOnce());
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

    private static void printRatio(PrintWriter out, String what, double moves, double ratio) {
        String late = Double.isNaN(ratio) ? "  late" : "";
        Lines.print(out, "%-58s %10s%s", what + ", " + rate(moves), Lines.number("%.2f", ratio), late);
    }

    private static String rate(double moves) {
        return String.format(Locale.ROOT, moves < 1 ? "%.2f moves a second" : "%.0f moves a second", moves);
    }
}
