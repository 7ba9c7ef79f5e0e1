package tavern.bench.fanout;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tavern.bench.Bench;
import tavern.bench.Cores;
import tavern.bench.Section;
import tavern.bench.load.Rates;
import tavern.bench.load.Swarm;

/** One room with very many players on one core: at full speed, or as slow as it has to be (P-112). */
public final class PackedCrowd implements Section {
    /** The most that {@code room.capacity} allows. */
    public static final int PLAYERS_MAX = 10_000;

    private static final int TICK_MILLIS = 50;

    /** The map of the default size has about as many in view as a crowd of this size. */
    private static final int PLAYERS_ON_A_MAP = 1_000;

    private static final int MAP_EDGE = 200;

    /** Up to this number a room on one core should be at full speed, and above at 0.4 of it. */
    private static final int FULL_SPEED_PLAYERS = 3_000;

    private static final double SLOWEST = 0.4;
    private static final Rates RATES = Rates.moving(10);
    private static final Duration WARM_UP = Duration.ofSeconds(25);
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final int ROUNDS = 3;
    private static final Duration WARM_UP_QUICK = Duration.ofSeconds(2);
    private static final Duration WINDOW_QUICK = Duration.ofSeconds(2);

    private final Cores cores;
    private final List<SizeFigures> sizes;

    /** How the log says that the first was disconnected, of each crowd in which somebody was. */
    private final List<String> ends;

    /** What was measured with one number of players, in several windows. */
    private record SizeFigures(List<FanOutWindow> windows) {
        /** The window with the median p99. */
        FanOutWindow median() {
            return byTicks().get(windows.size() / 2);
        }

        private List<FanOutWindow> byTicks() {
            return windows.stream()
                    .sorted(Comparator.comparingDouble(PackedCrowd::ticks))
                    .toList();
        }

        String ticksRange() {
            List<FanOutWindow> sorted = byTicks();
            return String.format(Locale.ROOT, "%.2f-%.2f", ticks(sorted.get(0)), ticks(sorted.get(sorted.size() - 1)));
        }

        long disconnects() {
            return windows.stream()
                    .mapToLong(window -> window.counts().disconnects())
                    .sum();
        }
    }

    private PackedCrowd(Cores cores, List<SizeFigures> sizes, List<String> ends) {
        this.cores = cores;
        this.sizes = sizes;
        this.ends = ends;
    }

    static PackedCrowd measure(Bench bench) throws IOException, InterruptedException {
        Cores cores = Cores.apart();
        List<SizeFigures> sizes = new ArrayList<>();
        List<String> ends = new ArrayList<>();
        bench.progress().begin(bench.players().size());
        for (int players : bench.players()) {
            sizes.add(measure(bench, cores, players, ends));
            bench.progress().step();
        }
        return new PackedCrowd(cores, sizes, ends);
    }

    private static SizeFigures measure(Bench bench, Cores cores, int players, List<String> ends)
            throws IOException, InterruptedException {
        bench.progress().doing(players + " players join one room");
        try (MeasuredServer server = MeasuredServer.tavern("Tavern", bench, cores, settings(players), List.of());
                LoadLoops load = LoadLoops.ofPacked(cores);
                Swarm swarm = new Swarm(server.dialect(), server.address(), players, load.loops(), bench.stop())) {
            swarm.pace(Rates.IDLE);
            join(server, swarm, players);
            bench.progress().doing(players + " players move");
            swarm.pace(RATES);
            bench.stop().pass(bench.quick() ? WARM_UP_QUICK : WARM_UP);
            int rounds = bench.roundsOr(bench.quick() ? 1 : ROUNDS);
            List<FanOutWindow> windows = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                windows.add(FanOutWindow.of(server, swarm, bench.quick() ? WINDOW_QUICK : WINDOW, bench.stop()));
            }
            SizeFigures size = new SizeFigures(windows);
            if (size.disconnects() > 0) {
                ends.add(players + " players: " + server.firstEnd());
            }
            swarm.pace(Rates.IDLE);
            return size;
        }
    }

    private static void join(MeasuredServer server, Swarm swarm, int players) throws IOException, InterruptedException {
        try {
            swarm.growTo(players);
        } catch (IOException e) {
            String end = server.firstEnd();
            throw end.isEmpty() ? e : new IOException(e.getMessage() + "; the server's log: " + end, e);
        }
    }

    private static Map<String, String> settings(int players) {
        int edge = (int) Math.round(MAP_EDGE * Math.sqrt((double) players / PLAYERS_ON_A_MAP));
        String size = Integer.toString(Math.max(MAP_EDGE, edge));
        return Map.of(
                "room.capacity",
                Integer.toString(players),
                "room.interest.from-capacity",
                "1",
                "game.map-width",
                size,
                "game.map-height",
                size);
    }

    @Override
    public String key() {
        return "crowd";
    }

    private static double ticks(FanOutWindow window) {
        return window.counts().latencyMs(99) * window.counts().timeRate() / TICK_MILLIS;
    }

    List<Goal> goals() {
        List<Goal> goals = new ArrayList<>();
        for (SizeFigures size : sizes) {
            FanOutWindow window = size.median();
            String who = window.players() + " players: ";
            double speed = window.players() <= FULL_SPEED_PLAYERS ? 1 : SLOWEST;
            goals.add(Goal.atLeast(who + "speed of time", window.counts().timeRate(), speed));
            goals.add(Goal.atMost(who + "p99 of a move, in ticks at this speed", ticks(window), 2));
            goals.add(Goal.atMost(who + "disconnected", size.disconnects(), 0));
        }
        return goals;
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("layout", cores.text());
        JsonArray all = new JsonArray();
        for (SizeFigures size : sizes) {
            FanOutWindow window = size.median();
            JsonObject one = new JsonObject();
            one.addProperty("players", window.players());
            one.addProperty("timeRate", window.counts().timeRate());
            one.addProperty("p50Ms", Stats.round(window.counts().latencyMs(50), 1e1));
            one.addProperty("p99Ms", Stats.round(window.counts().latencyMs(99), 1e1));
            one.addProperty("updatesPerPlayerSecond", Math.round(window.updatesPerPlayer()));
            one.addProperty("bytesPerPlayerSecond", Math.round(window.bytesPerPlayer()));
            one.addProperty("cpuMicrosPerPlayerSecond", Stats.round(window.microsPerPlayer(), 1e1));
            one.addProperty("serverPercent", Math.round(window.cpuPercent()));
            one.addProperty("loadPercent", Math.round(window.loadPercent()));
            one.addProperty("disconnects", size.disconnects());
            JsonArray ticks = new JsonArray();
            size.windows().forEach(each -> ticks.add(Stats.round(ticks(each), 1e2)));
            one.add("p99Ticks", ticks);
            all.add(one);
        }
        json.add("rooms", all);
        json.add("aims", Goal.json(goals()));
        return json;
    }

    @Override
    public void print(PrintWriter out) {
        Lines.print(
                out,
                "crowd: one room, each sees those nearby, ten moves a second of the room's time; a map as dense as with 1,000; the window with the median p99; %s",
                cores.text());
        Lines.print(
                out,
                "%-10s %8s %8s %8s %14s %9s %10s %8s %8s %8s %9s %7s",
                "players",
                "speed",
                "p50 ms",
                "p99 ms",
                "p99 ticks",
                "updates",
                "bytes",
                "CPU µs",
                "server",
                "load",
                "rejected",
                "lost");
        for (SizeFigures size : sizes) {
            FanOutWindow window = size.median();
            Lines.print(
                    out,
                    "%-,10d %8.2f %8.1f %8.1f %14s %,9.0f %,10.0f %8.0f %7.0f%% %7.0f%% %9d %7d",
                    window.players(),
                    window.counts().timeRate(),
                    window.counts().latencyMs(50),
                    window.counts().latencyMs(99),
                    size.ticksRange(),
                    window.updatesPerPlayer(),
                    window.bytesPerPlayer(),
                    window.microsPerPlayer(),
                    window.cpuPercent(),
                    window.loadPercent(),
                    window.counts().movesRejected(),
                    size.disconnects());
        }
        ends.forEach(end -> Lines.print(out, "disconnected, %s", end));
        Goal.print(out, goals());
    }
}
