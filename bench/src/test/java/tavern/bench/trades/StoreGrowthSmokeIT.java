package tavern.bench.trades;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.bench.Bench;
import tavern.bench.ClosedTogether;
import tavern.bench.Flames;
import tavern.bench.Progress;
import tavern.bench.Stop;

/** Lets the embedded store grow for many windows, of few trades each. */
final class StoreGrowthSmokeIT {
    private static final StoreGrowthBenchmark.Span SHORT = new StoreGrowthBenchmark.Span(20_000, Duration.ofSeconds(2));

    @TempDir
    private Path folder;

    @Test
    void manyWindowsTakeNoMoreSpaceThanOne() throws IOException, InterruptedException {
        GrowthFigures figures;
        try (Progress progress = Progress.none();
                ClosedTogether kept = new ClosedTogether()) {
            Bench bench = new Bench(
                    folder,
                    folder,
                    true,
                    0,
                    0,
                    Set.of(),
                    Flames.none(),
                    null,
                    false,
                    false,
                    progress,
                    new Stop(),
                    kept);
            figures = StoreGrowthBenchmark.embedded(bench, SHORT);
        }

        assertThat(figures.entries()).isEqualTo(20_400);
        assertThat(figures.first().get(StoreSizes.OUTCOMES)).isPositive();
        assertThat(figures.growth(StoreSizes.OUTCOMES)).isBetween(0.5, 1.5);
        assertThat(figures.growth(StoreSizes.LEDGER)).isBetween(0.5, 1.5);
        assertThat(figures.firstCpuMicros()).isPositive();
        assertThat(figures.lastCpuMicros()).isPositive();
        assertThat(figures.welcomeMillis()).isPositive();
        assertThat(figures.booksSeconds()).isPositive();
        StringWriter out = new StringWriter();
        new StoreGrowthSection(List.of(figures)).print(new PrintWriter(out, true));
        assertThat(out.toString()).contains("20,400 entries over 20 windows", "ledger", "books", "at most");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).as("what is left behind").isEmpty();
        }
    }
}
