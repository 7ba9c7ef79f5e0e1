package tavern.bench.directory;

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
import tavern.bench.Stop;

/** Runs the benchmark briefly with a few rooms, to check that it works. */
final class DirectorySmokeIT {
    private static final DirectoryPace SHORT =
            new DirectoryPace(700, 900, 50, 50, Duration.ofMillis(500), Duration.ofSeconds(2));

    @TempDir
    private Path folder;

    @Test
    void bothServersAndThePagesAreMeasured() throws IOException, InterruptedException {
        JsonObject json;
        try (Progress progress = Progress.none();
                ClosedTogether kept = new ClosedTogether()) {
            Bench bench = new Bench(
                    Path.of(System.getProperty("tavern.root", "..")),
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
            json = new DirectoryBenchmark().measure(bench, SHORT).json();
        }
        assertThat(json.get("ownerCores").getAsDouble()).isNotNegative().isLessThan(2);
        assertThat(json.get("observerCores").getAsDouble()).isNotNegative().isLessThan(2);
        assertThat(json.get("fillSeconds").getAsDouble()).isPositive();
        assertThat(json.getAsJsonObject("pageMs").get("max").getAsDouble()).isPositive();
        assertThat(json.getAsJsonObject("operatorPageMs").get("max").getAsDouble())
                .isPositive();
    }
}
