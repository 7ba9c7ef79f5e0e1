package tavern.bench;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tavern.bench.fanout.PackedCrowd;

@Command(
        name = "bench",
        description = "Measures Tavern on this machine and compares it with bare programs in the same run.",
        mixinStandardHelpOptions = true,
        version = "Tavern bench 0.1.0",
        sortOptions = false,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:measured",
            "1:something is missing, or what was measured did something wrong",
            "2:wrong usage"
        })
final class BenchCommand implements Callable<Integer> {
    /** How long a stopped run may take to clean up before the process ends anyway. */
    private static final int STOP_SECONDS_MAX = 60;

    private static final String ALL = "all";

    private final Path root;
    private final List<Benchmark> benchmarks;

    @Parameters(index = "0", arity = "0..1", paramLabel = "KIND", defaultValue = ALL, description = "What to measure.")
    private String kind = ALL;

    @Option(names = "--quick", description = "Takes fewer, shorter measurements: a first look, not figures to quote.")
    private boolean quick;

    @Option(
            names = "--only",
            paramLabel = "FIGURE",
            split = ",",
            description = "Measures only these figures, by their names in the report: redis,redisHot")
    private Set<String> only = Set.of();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Measures everything in turn this many times instead of the usual number.")
    private int rounds;

    @Option(
            names = "--players",
            paramLabel = "N",
            split = ",",
            description = "Measures crowd with one room of so many players instead: 3000,6000")
    private List<Integer> players = List.of();

    @Option(
            names = "--transactions",
            paramLabel = "N",
            description = "Lets the stores of growth grow by this many transactions instead of 10,000,000.")
    private long transactions;

    @Option(names = "--report", paramLabel = "FILE", description = "Writes the report as JSON.")
    private @Nullable Path report;

    @Option(names = "--svg", paramLabel = "FILE", description = "Draws the growth curves as SVG.")
    private @Nullable Path picture;

    @Option(
            names = "--flames",
            paramLabel = "DIR",
            description =
                    "Also profiles each server and writes its flame graph there: moves, crowd, chat, connections.")
    private @Nullable Path flames;

    @Option(
            names = "--against",
            paramLabel = "DIR",
            description = "Measures the server built in this checkout in place of the reference.")
    private @Nullable Path against;

    @Option(
            names = "--websocket",
            description = "Measures moves over WebSockets beside moves over TCP, in place of the reference.")
    private boolean webSocket;

    @Option(
            names = "--peers",
            description = "Also measures moves with Colyseus, which it installs from npm for the run; needs Node.js.")
    private boolean peers;

    @Spec
    private @Nullable CommandSpec spec;

    BenchCommand(Path root, List<Benchmark> benchmarks) {
        this.root = root;
        this.benchmarks = benchmarks;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Benchmark> chosen = chosen();
        Path file = report;
        if (file != null && !isWritable(file)) {
            throw wrong("--report: no folder for " + file);
        }
        Path drawing = picture;
        if (drawing != null && !isWritable(drawing)) {
            throw wrong("--svg: no folder for " + drawing);
        }
        Path graphs = flames;
        if (graphs != null && !Files.isDirectory(graphs)) {
            throw wrong("--flames: no folder " + graphs);
        }
        Path other = against;
        if (other != null && !MeasuredBuild.isIn(other)) {
            throw wrong("--against: no built server in " + other + "; build it there with: bin/server --version");
        }
        if (webSocket && (other != null || !kind.equals("moves"))) {
            throw wrong("--websocket: for moves alone, and without --against");
        }
        if (peers && !kind.equals("moves")) {
            throw wrong("--peers: for moves alone");
        }
        if (!players.isEmpty() && !kind.equals("crowd")) {
            throw wrong("--players: for crowd alone");
        }
        if (players.stream().anyMatch(number -> number < 2 || number > PackedCrowd.PLAYERS_MAX)) {
            throw wrong("--players: from 2 to " + PackedCrowd.PLAYERS_MAX);
        }
        if (rounds < 0) {
            throw wrong("--rounds: at least 1");
        }
        if (transactions < 0) {
            throw wrong("--transactions: at least 1");
        }
        Conditions conditions = Conditions.now();
        JsonObject json = new JsonObject();
        json.add("conditions", conditions.json());
        List<Section> sections = new ArrayList<>();
        Map<String, Long> seconds = new LinkedHashMap<>();
        CountDownLatch done = new CountDownLatch(1);
        Stop stop = new Stop();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop, done), "stop"));
        Path folder = Files.createTempDirectory("tavern-bench");
        try (Progress progress = Progress.onTerminal();
                ClosedTogether kept = new ClosedTogether()) {
            Flames drawn = graphs == null ? Flames.none() : Flames.into(graphs);
            Bench bench = new Bench(
                    root,
                    folder,
                    quick,
                    rounds,
                    players,
                    transactions,
                    only,
                    drawn,
                    against,
                    webSocket,
                    peers,
                    progress,
                    stop,
                    kept);
            long start = System.nanoTime();
            if (quick) {
                progress.doing("starting servers");
                for (Benchmark benchmark : chosen) {
                    benchmark.begin(bench);
                }
                // Measure nothing while a server is still starting.
                kept.awaitReady();
                seconds.put("start", secondsSince(start));
            }
            for (Benchmark benchmark : chosen) {
                long began = System.nanoTime();
                Section section = benchmark.run(bench);
                json.add(section.key(), section.json());
                sections.add(section);
                seconds.put(section.key(), secondsSince(began));
            }
        } finally {
            try {
                Folders.remove(folder);
            } finally {
                done.countDown();
            }
        }
        JsonObject took = new JsonObject();
        seconds.forEach(took::addProperty);
        json.add("seconds", took);
        tell(conditions, sections, seconds);
        if (file != null) {
            Files.writeString(
                    file, new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n");
        }
        if (drawing != null) {
            List<Chart> charts = sections.stream()
                    .flatMap(section -> section.charts().stream())
                    .toList();
            Files.writeString(drawing, Chart.svg(charts));
        }
        return 0;
    }

    private static long secondsSince(long nanos) {
        return Math.round((System.nanoTime() - nanos) / 1e9);
    }

    private static void end(Stop stop, CountDownLatch done) {
        stop.now();
        try {
            done.await(STOP_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Benchmark> chosen() {
        List<Benchmark> chosen = benchmarks.stream()
                .filter(benchmark ->
                        kind.equals(ALL) ? !quick || benchmark.isInQuickLook() : kind.equals(benchmark.kind()))
                .toList();
        if (chosen.isEmpty()) {
            throw wrong("no benchmark is called '" + kind + "'; there are: " + kinds());
        }
        return chosen;
    }

    private String kinds() {
        return String.join(
                ", ",
                Stream.concat(benchmarks.stream().map(Benchmark::kind), Stream.of(ALL))
                        .toList());
    }

    private void tell(Conditions conditions, List<Section> sections, Map<String, Long> seconds) {
        PrintWriter out = spec().commandLine().getOut();
        conditions.print(out);
        for (Section section : sections) {
            out.println();
            section.print(out);
        }
        out.println();
        out.println("took " + seconds.values().stream().mapToLong(each -> each).sum() + " s: "
                + seconds.entrySet().stream()
                        .map(each -> each.getKey() + " " + each.getValue())
                        .collect(Collectors.joining(", ")));
        out.flush();
    }

    private static boolean isWritable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder != null && Files.isDirectory(folder) && !Files.isDirectory(file);
    }

    private ParameterException wrong(String why) {
        return new ParameterException(spec().commandLine(), why);
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the spec before it calls the command");
        }
        return spec;
    }
}
