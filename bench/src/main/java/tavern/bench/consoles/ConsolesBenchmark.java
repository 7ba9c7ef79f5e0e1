package tavern.bench.consoles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.OpsApi;
import tavern.bench.Section;
import tavern.bench.ServerChild;
import tavern.bench.Stop;

/** Measures how much slower players are served while five consoles are open. */
public final class ConsolesBenchmark implements Benchmark {
    /** Two consoles show rooms, one the overview, two lists. */
    static final List<Console.View> VIEWS = List.of(
            Console.View.room(BotCrowd.ROOMS + "0"),
            Console.View.room(BotCrowd.ROOMS + "1"),
            Console.View.overview(),
            Console.View.list("/api/v1/players", 3_000),
            Console.View.list("/api/v1/trades?max=50", 1_000));

    /** The aim is for moves, which are nearly all of what players do. */
    private static final DisturbedSection.Disturbance DISTURBANCE = new DisturbedSection.Disturbance(
            "consoles", VIEWS.size() + " consoles", "events", List.of("move p99 ms"), 1.1);

    /**
     * How long and how often to measure.
     *
     * @param between the pause between windows: longer than players take to hand over a second's figures, so that no
     *     window contains figures of the one before
     * @param pairs number of pairs of windows, one with consoles and one without
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
        bench.progress().doing(play.players() + " players join");
        Path folder = Files.createDirectories(bench.folder().resolve("consoles"));
        Map<String, String> settings = Map.of(
                "store.path", folder.toString(),
                "ops.enabled", "true",
                // The server reports the operators' address only in its log.
                "TAVERN_LOG_LEVEL", "info");
        ServerChild server = ServerChild.start(folder, settings, bench.stop());
        try (BotCrowd players = BotCrowd.enter(server.address(), play, bench.stop())) {
            bench.stop().pass(pace.warmUp());
            Consoles consoles = new Consoles(OpsApi.of(folder, "viewer"));
            List<PlayWindow> windows = new ArrayList<>();
            for (int i = 0; i < 2 * pace.pairs(); i++) {
                // Without, with, with, without: a steady drift over time then affects both alike.
                boolean with = (i + 1) / 2 % 2 == 1;
                bench.progress().doing(with ? "with consoles" : "without");
                windows.add(measure(players, with ? VIEWS : List.of(), consoles, server, pace, bench.stop()));
                bench.progress().step();
            }
            players.leave();
            server.close();
            return new DisturbedSection(DISTURBANCE, play, pace.window(), windows);
        } finally {
            server.kill();
        }
    }

    private static PlayWindow measure(
            BotCrowd players, List<Console.View> views, Consoles consoles, ServerChild server, Pace pace, Stop stop)
            throws IOException, InterruptedException {
        try (consoles) {
            consoles.open(views);
            stop.pass(pace.between());
            PlayWindow.Reading before = PlayWindow.Reading.of(players, server);
            long events = consoles.heard();
            stop.pass(pace.window());
            long heard = consoles.heard() - events;
            return before.until(PlayWindow.Reading.of(players, server), !views.isEmpty(), heard);
        }
    }

    /** The consoles of one window; {@link #close} closes them all. */
    private static final class Consoles implements AutoCloseable {
        private final OpsApi ops;
        private final List<Console> open = new ArrayList<>();

        Consoles(OpsApi ops) {
            this.ops = ops;
        }

        void open(List<Console.View> views) throws IOException, InterruptedException {
            for (Console.View view : views) {
                open.add(Console.open(ops.client(), ops.address(), ops.token(), view));
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
}
