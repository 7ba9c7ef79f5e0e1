package tavern.bench.consoles;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.bench.Bench;
import tavern.bench.ClosedTogether;
import tavern.bench.Flames;
import tavern.bench.Progress;
import tavern.bench.Stop;

/** Runs the benchmark briefly, with a few players and a small store, to check that it works. */
final class BackupSmokeIT {
    private static final BackupBenchmark.Pace SHORT = new BackupBenchmark.Pace(
            new Play(20, 2, 5, 0, 2),
            1,
            12_000,
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofMillis(1_500),
            1);

    @TempDir
    private Path folder;

    @Test
    void playersAreMeasuredWhileTheStoreIsCopiedAndWithout() throws IOException, InterruptedException {
        JsonObject json;
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
            json = new BackupBenchmark().measure(bench, SHORT).json();
        }

        assertThat(only(json.getAsJsonObject("with"), "move p99 ms")).isPositive();
        assertThat(only(json.getAsJsonObject("without"), "move p99 ms")).isPositive();
        assertThat(json.getAsJsonObject("ratios").keySet()).containsExactly("move p99 ms", "trade p99 ms");
        assertThat(only(json.getAsJsonObject("with"), "MB copied a second")).isPositive();
        assertThat(only(json.getAsJsonObject("without"), "MB copied a second")).isZero();
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).as("what is left behind").isEmpty();
        }
    }

    private static double only(JsonObject windows, String figure) {
        assertThat(windows.getAsJsonArray(figure)).hasSize(1);
        return windows.getAsJsonArray(figure).get(0).getAsDouble();
    }
}
