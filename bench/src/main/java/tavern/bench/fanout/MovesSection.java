package tavern.bench.fanout;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import tavern.bench.Chart;
import tavern.bench.Cores;
import tavern.bench.Section;

/** The cost per update, and how it changes with the number of players. */
final class MovesSection implements Section {
    private final Cores cores;
    private final MovesPace pace;
    private final String title;
    private final Optional<ColyseusPeer> peer;
    private final Rival rival;
    private final Side tavern;
    private final Side reference;

    /** The results of one server. */
    private record Side(List<FanOutWindow> windows, List<Growth.Result> growths) {
        Stats micros() {
            return Stats.of(windows, FanOutWindow::microsPerUpdate);
        }

        Stats bytes() {
            return Stats.of(windows, FanOutWindow::bytesPerUpdate);
        }

        Stats sustained() {
            return Stats.of(growths, Growth.Result::sustained);
        }

        List<FanOutWindow> at(int players) {
            return growths.stream()
                    .flatMap(growth -> growth.windows().stream())
                    .filter(window -> window.players() == players)
                    .toList();
        }

        Stats microsAt(int players) {
            return Stats.of(at(players), FanOutWindow::microsPerUpdate);
        }

        Stats p99At(int players) {
            return Stats.of(at(players), window -> window.counts().latencyMs(99));
        }

        boolean isGoodAt(int players) {
            return at(players).stream().allMatch(Growth::isGood);
        }
    }

    /**
     * @param title of the server that is compared
     * @param windows those of Tavern, then those of the rival; empty if not measured
     */
    MovesSection(
            Cores cores,
            MovesPace pace,
            String title,
            Rival rival,
            List<List<FanOutWindow>> windows,
            List<List<Growth.Result>> growths,
            Optional<ColyseusPeer> peer) {
        this.cores = cores;
        this.pace = pace;
        this.title = title;
        this.peer = peer;
        this.rival = rival;
        this.tavern = new Side(windows.get(0), growths.get(0));
        this.reference = new Side(windows.get(1), growths.get(1));
    }

    @Override
    public String key() {
        return "moves";
    }

    private double ratio() {
        return tavern.micros().median() / reference.micros().median();
    }

    List<Goal> goals() {
        return List.of(
                Goal.atMost("CPU time of an update, " + rival.possessive(), ratio(), rival.atMost(1.15)),
                Goal.atMost("bytes of frame for an update", tavern.bytes().median(), 6),
                Goal.atLeast(
                        "most players on one core, " + rival.possessive(),
                        Growth.ratio(tavern.growths(), reference.growths()),
                        rival.atLeast(0.85)),
                Goal.atMost(
                        "CPU time of an update at 4,000 players, of that at 500",
                        tavern.microsAt(4_000).median() / tavern.microsAt(500).median(),
                        1.05));
    }

    private List<Integer> numbers() {
        TreeSet<Integer> numbers = new TreeSet<>();
        for (Side side : List.of(tavern, reference)) {
            side.growths().forEach(growth -> growth.windows().forEach(window -> numbers.add(window.players())));
        }
        return new ArrayList<>(numbers);
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("layout", cores.text());
        json.addProperty("players", pace.players());
        json.addProperty("windowSeconds", pace.window().toMillis() / 1e3);
        if (!tavern.windows().isEmpty()) {
            json.addProperty("tavernCpuMicros", Stats.round(tavern.micros().median(), 1e3));
            json.addProperty(
                    "referenceCpuMicros", Stats.round(reference.micros().median(), 1e3));
            json.addProperty("ratio", Stats.round(ratio(), 1e3));
            json.addProperty("bytesPerUpdate", Stats.round(tavern.bytes().median(), 1e2));
            json.addProperty(
                    "referenceBytesPerUpdate", Stats.round(reference.bytes().median(), 1e2));
            json.add("tavernRounds", tavern.micros().json(1e3));
            json.add("referenceRounds", reference.micros().json(1e3));
        }
        if (!tavern.growths().isEmpty()) {
            JsonObject sustained = new JsonObject();
            sustained.addProperty("tavern", Math.round(tavern.sustained().median()));
            sustained.addProperty("reference", Math.round(reference.sustained().median()));
            json.add("sustainedPlayers", sustained);
            JsonObject rounds = new JsonObject();
            rounds.add("tavern", tavern.sustained().json(1));
            rounds.add("reference", reference.sustained().json(1));
            json.add("sustainedRounds", rounds);
            json.addProperty("loadWasFull", isLoadFull());
            json.addProperty(
                    "sustainedMayBeMore",
                    Stream.of(tavern, reference)
                            .flatMap(side -> side.growths().stream())
                            .anyMatch(Growth.Result::isOpen));
            JsonArray growth = new JsonArray();
            numbers().forEach(players -> growth.add(jsonAt(players)));
            json.add("growth", growth);
        }
        peer.ifPresent(each -> json.add("colyseus", each.json(tavern.micros().median())));
        json.add("aims", Goal.json(goals()));
        return json;
    }

    private JsonObject jsonAt(int players) {
        JsonObject json = new JsonObject();
        json.addProperty("players", players);
        json.addProperty("cpuMicros", Stats.round(tavern.microsAt(players).median(), 1e3));
        json.addProperty("p99Ms", Stats.round(tavern.p99At(players).median(), 1e1));
        json.addProperty(
                "referenceCpuMicros", Stats.round(reference.microsAt(players).median(), 1e3));
        json.addProperty("referenceP99Ms", Stats.round(reference.p99At(players).median(), 1e1));
        return json;
    }

    @Override
    public List<Chart> charts() {
        if (tavern.growths().isEmpty()) {
            return List.of();
        }
        return List.of(
                new Chart(
                        "CPU time for each delivered update, µs",
                        "players, in rooms of " + MovesBenchmark.ROOM_SIZE,
                        List.of(
                                curve(title, players -> tavern.microsAt(players)),
                                curve(rival.title(), players -> reference.microsAt(players)))),
                new Chart(
                        "p99 from a move to another player's seeing it, ms",
                        "players, in rooms of " + MovesBenchmark.ROOM_SIZE,
                        List.of(
                                curve(title, players -> tavern.p99At(players)),
                                curve(rival.title(), players -> reference.p99At(players)))));
    }

    private Chart.Curve curve(String name, IntFunction<Stats> figure) {
        return new Chart.Curve(
                name,
                numbers().stream()
                        .map(players ->
                                new Chart.Point(players, figure.apply(players).median()))
                        .toList());
    }

    @Override
    public void print(PrintWriter out) {
        Lines.printMoves(out, key(), cores);
        if (!tavern.windows().isEmpty()) {
            Lines.printRounds(out, pace.players(), pace.rounds(), "of both in turn", pace.window(), pace.warmUp());
            Lines.print(out, "");
            Lines.print(
                    out,
                    "%-12s %11s %15s %9s %8s %8s %8s %8s %8s",
                    "",
                    "µs/update",
                    "lowest-highest",
                    "bytes",
                    "in one",
                    "p50 ms",
                    "p99 ms",
                    "server",
                    "load");
            print(out, title, tavern);
            print(out, rival.title(), reference);
            Lines.print(out, "%-12s %11.2f", "ratio", ratio());
        }
        peer.ifPresent(each -> each.print(out, tavern.micros().median()));
        if (!tavern.growths().isEmpty()) {
            printGrowth(out);
        }
        Goal.print(out, goals());
    }

    private static void print(PrintWriter out, String name, Side side) {
        Lines.print(
                out,
                "%-12s %11.3f %15s %9.2f %8.1f %8.1f %8.1f %7.0f%% %7.0f%%",
                name,
                side.micros().median(),
                side.micros().range("%.3f"),
                side.bytes().median(),
                Stats.of(side.windows(), FanOutWindow::updatesPerFrame).median(),
                Stats.of(side.windows(), window -> window.counts().latencyMs(50))
                        .median(),
                Stats.of(side.windows(), window -> window.counts().latencyMs(99))
                        .median(),
                Stats.of(side.windows(), FanOutWindow::cpuPercent).median(),
                Stats.of(side.windows(), FanOutWindow::loadPercent).median());
    }

    private void printGrowth(PrintWriter out) {
        Lines.print(out, "");
        Lines.print(
                out,
                "growth: medians of %d rounds, %.1f s at each number of players; until p99 passes %.0f ms or something is lost",
                pace.growthRounds(),
                pace.growthWindow().toMillis() / 1e3,
                Growth.LATENCY_MS_MAX);
        Lines.print(out, "%10s   %-46s   %s", "players", title + ": µs/update, p99 ms, CPU, load", rival.title());
        for (int players : numbers()) {
            Lines.print(out, "%,10d   %-46s   %s", players, cell(tavern, players), cell(reference, players));
        }
        Lines.print(out, "%10s   %-46s   %s", "most", most(tavern), most(reference));
        if (isLoadFull()) {
            Lines.print(out, "load full: the load took more than 95 %% of its core, so it may be the limit there");
        }
    }

    private static String most(Side side) {
        String most = Growth.most(side.growths());
        return side.growths().size() == 1
                ? most
                : most + "   (" + side.sustained().range("%,.0f") + ")";
    }

    private boolean isLoadFull() {
        return Stream.of(tavern, reference)
                .flatMap(side -> side.growths().stream())
                .anyMatch(growth ->
                        growth.isLoadsEnd() || growth.windows().stream().anyMatch(FanOutWindow::isLoadFull));
    }

    private static String cell(Side side, int players) {
        List<FanOutWindow> windows = side.at(players);
        if (windows.isEmpty()) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "%6s %8s %5.0f%% %5.0f%%%s%s",
                Lines.number("%.3f", side.microsAt(players).median()),
                Lines.number("%.1f", side.p99At(players).median()),
                Stats.of(windows, FanOutWindow::cpuPercent).median(),
                Stats.of(windows, FanOutWindow::loadPercent).median(),
                side.isGoodAt(players) ? "" : "  " + wrong(windows),
                windows.stream().anyMatch(FanOutWindow::isLoadFull) ? "  load full" : "");
    }

    /** What went wrong in the first window that was not good. */
    private static String wrong(List<FanOutWindow> windows) {
        FanOutWindow window = windows.stream()
                .filter(each -> !Growth.isGood(each))
                .findFirst()
                .orElseThrow();
        if (window.counts().disconnects() > 0) {
            return "disconnected " + window.counts().disconnects();
        }
        if (window.counts().statesAnew() > 0) {
            return "missed " + window.counts().statesAnew();
        }
        return window.isWhole() ? "late" : String.format(Locale.ROOT, "%.0f%% seen", window.deliveredShare() * 100);
    }
}
