package tavern.bench.consoles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.Folders;
import tavern.bench.OpsApi;
import tavern.bench.Section;
import tavern.bench.ServerChild;
import tavern.bench.trades.History;

/** Measures how much slower players are served while the embedded store is being copied. */
public final class BackupBenchmark implements Benchmark {
    private static final DisturbedSection.Disturbance DISTURBANCE = new DisturbedSection.Disturbance(
            "backup", "a backup", "MB copied", List.of("move p99 ms", "trade p99 ms"), 1.1);

    /**
     * How long and how often to measure.
     *
     * @param megabytesPerSecond the pace of the copy; 16 is the server's default
     * @param trades of which the store already holds the history, so that a copy takes longer than a window
     * @param between the pause before each window: longer than players take to hand over a second's figures
     * @param pairs number of pairs of windows, one with a backup and one without
     */
    record Pace(
            Play play,
            int megabytesPerSecond,
            long trades,
            Duration warmUp,
            Duration between,
            Duration window,
            int pairs) {}

    private static final Pace FULL = new Pace(
            new Play(200, 10, 10, 0, 2),
            16,
            1_000_000,
            Duration.ofSeconds(15),
            Duration.ofSeconds(2),
            Duration.ofSeconds(6),
            10);
    private static final Pace QUICK = new Pace(
            new Play(200, 10, 10, 0, 2),
            2,
            50_000,
            Duration.ofSeconds(1),
            Duration.ofMillis(1_200),
            Duration.ofSeconds(2),
            1);

    @Override
    public String kind() {
        return "backup";
    }

    @Override
    public String description() {
        return "players' latencies while the embedded store is backed up, and without";
    }

    @Override
    public boolean isInQuickLook() {
        return false;
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        Pace pace = bench.quick() ? QUICK : FULL;
        return measure(
                bench,
                new Pace(
                        pace.play(),
                        pace.megabytesPerSecond(),
                        pace.trades(),
                        pace.warmUp(),
                        pace.between(),
                        pace.window(),
                        bench.roundsOr(pace.pairs())));
    }

    Section measure(Bench bench, Pace pace) throws IOException, InterruptedException {
        Play play = pace.play();
        bench.progress().begin(2 * pace.pairs());
        bench.progress().doing("filling the store");
        Path folder = Files.createDirectories(bench.folder().resolve("backup"));
        History.fill(folder, pace.trades());
        bench.progress().doing(play.players() + " players join");
        Map<String, String> settings = Map.of(
                "store.path",
                folder.toString(),
                "store.backup-mb-per-second",
                Integer.toString(pace.megabytesPerSecond()),
                // The bots' audit asks for every trade again.
                "limits.rates.trades",
                "10000",
                // The server reports the operators' address only in its log.
                "TAVERN_LOG_LEVEL",
                "info");
        ServerChild server = ServerChild.start(folder, settings, bench.stop());
        try (BotCrowd players = BotCrowd.enter(server.address(), play, bench.stop())) {
            bench.stop().pass(pace.warmUp());
            OpsApi ops = OpsApi.of(folder, "admin");
            List<PlayWindow> windows = new ArrayList<>();
            for (int i = 0; i < 2 * pace.pairs(); i++) {
                // Without, with, with, without: a steady drift over time then affects both alike.
                boolean with = (i + 1) / 2 % 2 == 1;
                bench.progress().doing(with ? "with a backup" : "without");
                windows.add(window(
                        bench,
                        pace,
                        players,
                        server,
                        with ? RunningBackup.begin(ops, folder.resolve("backups/copy")) : null));
                bench.progress().step();
            }
            players.leave();
            server.close();
            return new DisturbedSection(DISTURBANCE, play, pace.window(), windows);
        } finally {
            server.kill();
            Folders.remove(folder);
        }
    }

    private static PlayWindow window(
            Bench bench, Pace pace, BotCrowd players, ServerChild server, @Nullable RunningBackup backup)
            throws IOException, InterruptedException {
        bench.stop().pass(pace.between());
        PlayWindow.Reading before = PlayWindow.Reading.of(players, server);
        long copied = backup == null ? 0 : backup.doneBytes();
        bench.stop().pass(pace.window());
        long copiedAfter = backup == null ? 0 : backup.doneBytes();
        PlayWindow window =
                before.until(PlayWindow.Reading.of(players, server), backup != null, (copiedAfter - copied) / 1e6);
        if (backup != null) {
            backup.finish(bench.stop());
        }
        return window;
    }
}
