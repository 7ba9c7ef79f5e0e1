package tavern.bench.trades;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.bench.Bench;
import tavern.bench.ClosedTogether;
import tavern.bench.Flames;
import tavern.bench.Jvm;
import tavern.bench.Progress;
import tavern.bench.Stop;

/** Runs the contenders that need no installed services briefly, to check that they work. */
final class TradesSmokeIT {
    private static final Pace SHORT =
            new Pace(1, Duration.ofMillis(300), Duration.ofSeconds(1), Duration.ofMillis(400));

    @TempDir
    private Path folder;

    private final Stop stop = new Stop();

    @Test
    void everythingOnTheEmbeddedStoreIsMeasuredAndAddsUp() throws IOException, InterruptedException {
        Setup embedded = Setup.embedded();
        List<Figure> figures = new ArrayList<>();
        try (Progress progress = Progress.none();
                ClosedTogether kept = new ClosedTogether()) {
            Bench bench = new Bench(
                    folder, folder, true, 0, 0, Set.of(), Flames.none(), null, false, false, progress, stop, kept);
            List<Contender> contenders = List.of(
                    new BareSqlite(folder),
                    new ThroughRooms(embedded, new Crowd(3, 4, 2, 0), folder),
                    new ThroughRooms(embedded, new Crowd(1, 10, 4, 0), folder),
                    new ThroughRooms(embedded, new Crowd(1, 2, 2, 300), folder),
                    ThroughStore.threeParties(embedded, folder),
                    new OverTcp(embedded, new Crowd(2, 2, 2, 0), bench),
                    new TurnsOverTcp("turns", "turns", embedded, new TurnsLoad.Workload(1, 2, 2, 0, 0), bench),
                    new TurnsOverTcp(
                            "transfers", "transfers", embedded, new TurnsLoad.Workload(2, 2, 2, 100, 1.5), bench));
            figures.addAll(new Rounds(bench, SHORT, Map.of("bench", Jvm.pid())).run(contenders));
        }

        assertThat(figures)
                .extracting(Figure::key)
                .containsExactly(
                        "bareSqlite",
                        "embeddedFew",
                        "embeddedHot",
                        "embeddedItems",
                        "embeddedThree",
                        "tcpEmbedded",
                        "turns",
                        "transfers");
        assertThat(figures).allSatisfy(figure -> {
            assertThat(figure.median().perSecond()).isGreaterThan(1);
            assertThat(figure.median().cpuMicros()).containsKey("bench");
        });
        assertThat(figures.get(3).resultBytes()).isBetween(20, 200);
        assertThat(figures.get(5).median().cpuMicros()).containsKey("server");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).as("what the contenders leave behind").isEmpty();
        }
    }
}
