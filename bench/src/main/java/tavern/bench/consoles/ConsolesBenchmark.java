package tavern.bench.consoles;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.Jvm;
import tavern.bench.Proc;
import tavern.bench.Section;
import tavern.bench.ServerChild;
import tavern.bench.Stop;
import tavern.sim.measure.Latencies;

/** How much slower players are served while five consoles are open. */
public final class ConsolesBenchmark implements Benchmark {
    /** Two look at rooms, one at the overview, two at lists. */
    static final List<Console.View> VIEWS = List.of(
            Console.View.room(Players.ROOMS + "0"),
            Console.View.room(Players.ROOMS + "1"),
            Console.View.overview(),
            Console.View.list("/api/v1/players", 3_000),
            Console.View.list("/api/v1/trades?max=50", 1_000));

    private static final Pattern OPS_ADDRESS = Pattern.compile("operators connect to (http://\\S+)");

    /**
     * How long and how often.
     *
     * @param between windows: longer than players take to hand over a second's figures, so that no window has any of the
     *     one before
     * @param pairs of windows: one with consoles, one without
     */
    record Pace(Play play, Duration warmUp, Duration between, Duration window, int pairs) {}

    private static final Pace FULL = new Pace(
            new Play(2_000, 100, 2, 0.05, 0.05),
            Duration.ofSeconds(15),
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            16);
    private static final Pace QUICK = new Pace(
            new Play(600, 30, 2, 0.1, 0.1), Duration.ofSeconds(1), Duration.ofMillis(1_200), Duration.ofSeconds(2), 1);

    @Override
    public String kind() {
        return "consoles";
    }

    @Override
    public String description() {
        return "players' latencies with five operators' consoles open, and without";
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return measure(bench, bench.quick() ? QUICK : FULL);
    }

    Section measure(Bench bench, Pace pace) throws IOException, InterruptedException {
        Play play = pace.play();
        bench.progress().begin(2 * pace.pairs());
        bench.progress().doing(play.players() + " players come in");
        Path folder = Files.createDirectories(bench.folder().resolve("consoles"));
        Map<String, String> settings = Map.of(
                "store.path", folder.toString(),
                "ops.enabled", "true",
                // Where operators connect stands in the log only.
                "TAVERN_LOG_LEVEL", "info");
        ServerChild server = ServerChild.start(folder, settings, bench.stop());
        try (Players players = Players.enter(server.address(), play, bench.stop())) {
            bench.stop().pass(pace.warmUp());
            Consoles consoles = new Consoles(address(folder), token(folder));
            List<Window> windows = new ArrayList<>();
            for (int i = 0; i < 2 * pace.pairs(); i++) {
                // With and without, without and with: what only gets better or worse by the time falls on both.
                boolean with = (i + 1) / 2 % 2 == 1;
                bench.progress().doing(with ? "with consoles" : "without");
                windows.add(measure(players, with ? VIEWS : List.of(), consoles, server, pace, bench.stop()));
                bench.progress().step();
            }
            players.leave();
            server.close();
            return new ConsolesSection(play, pace.window(), windows);
        } finally {
            server.kill();
        }
    }

    private static Window measure(
            Players players, List<Console.View> views, Consoles consoles, ServerChild server, Pace pace, Stop stop)
            throws IOException, InterruptedException {
        try (consoles) {
            consoles.open(views);
            stop.pass(pace.between());
            Latencies before = players.soFar();
            long events = consoles.heard();
            long began = System.nanoTime();
            long serverMicros = Proc.cpuMicros(server.pid());
            long benchMicros = Proc.cpuMicros(Jvm.pid());
            stop.pass(pace.window());
            double micros = (System.nanoTime() - began) / 1e3;
            return Window.of(
                    !views.isEmpty(),
                    players.soFar().since(before),
                    (Proc.cpuMicros(server.pid()) - serverMicros) / micros,
                    (Proc.cpuMicros(Jvm.pid()) - benchMicros) / micros,
                    (consoles.heard() - events) * 1e6 / micros);
        }
    }

    /** Some consoles at a time, all closed by {@link #close}. */
    private static final class Consoles implements AutoCloseable {
        private final HttpClient client = HttpClient.newHttpClient();
        private final URI server;
        private final String token;
        private final List<Console> open = new ArrayList<>();

        Consoles(URI server, String token) {
            this.server = server;
            this.token = token;
        }

        void open(List<Console.View> views) throws IOException, InterruptedException {
            for (Console.View view : views) {
                open.add(Console.open(client, server, token, view));
            }
        }

        long heard() throws IOException {
            long all = 0;
            for (Console console : open) {
                all += console.heard();
            }
            return all;
        }

        @Override
        public void close() throws IOException {
            for (Console console : open) {
                console.close();
            }
            open.clear();
        }
    }

    private static URI address(Path folder) throws IOException {
        Matcher line = OPS_ADDRESS.matcher(Files.readString(folder.resolve("server.log")));
        if (!line.find()) {
            throw new IOException("the server does not say where operators connect");
        }
        return URI.create(line.group(1));
    }

    private static String token(Path folder) throws IOException {
        return Files.readAllLines(folder.resolve("ops-tokens")).stream()
                .filter(line -> line.startsWith("viewer "))
                .map(line -> line.split(" ", -1)[1])
                .findFirst()
                .orElseThrow(() -> new IOException("there is no viewer's token"));
    }
}
