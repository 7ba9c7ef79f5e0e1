package tavern.bench.consoles;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.bench.Bench;
import tavern.bench.ClosedTogether;
import tavern.bench.Flames;
import tavern.bench.Progress;
import tavern.bench.Section;
import tavern.bench.Stop;

/** Runs the benchmark briefly, with a few players and all consoles, to check that it works. */
final class ConsolesSmokeIT {
    private static final ConsolesBenchmark.Pace SHORT = new ConsolesBenchmark.Pace(
            new Play(20, 4, 5, 0.5, 0.5), Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3), 1);

    @TempDir
    private Path folder;

    @Test
    void playersAreMeasuredWithConsolesThatAreServedAndWithout() throws IOException, InterruptedException {
        Section section;
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
            section = new ConsolesBenchmark().measure(bench, SHORT);
        }
        JsonObject json = section.json();
        JsonObject with = json.getAsJsonObject("with");
        JsonObject without = json.getAsJsonObject("without");
        assertThat(json.getAsJsonObject("ratios").get("move p99 ms").getAsDouble())
                .isPositive();
        assertThat(only(with, "move p99 ms")).isPositive();
        assertThat(only(without, "move p99 ms")).isPositive();
        // Five overviews a second, and five views a second of each of two rooms; fewer if the machine is busy.
        assertThat(only(with, "events a second")).isBetween(5.0, 20.0);
        assertThat(only(without, "events a second")).isZero();
    }

    private static double only(JsonObject windows, String figure) {
        assertThat(windows.getAsJsonArray(figure)).hasSize(1);
        return windows.getAsJsonArray(figure).get(0).getAsDouble();
    }
}
