package tavern.bench.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.bench.Bench;
import tavern.bench.ClosedTogether;
import tavern.bench.Flames;
import tavern.bench.Progress;
import tavern.bench.Stop;

/** Runs the benchmark briefly with a few players, to check that it works. */
final class ServersSmokeIT {
    private static final Duration MOMENT = Duration.ofMillis(600);

    @TempDir
    private Path folder;

    @Test
    void oneServerAndTwoAreMeasuredWithTheSamePlayers() throws IOException, InterruptedException {
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
            json = new ServersBenchmark()
                    .measure(bench, new ServersPace(80, MOMENT, 1, MOMENT, MOMENT))
                    .json();
        }
        for (String side : List.of("oneServer", "twoServers")) {
            assertThat(json.getAsJsonObject(side)
                            .get("cpuMicrosPerPlayerSecond")
                            .getAsDouble())
                    .as(side)
                    .isPositive();
            assertThat(json.getAsJsonObject(side).get("cpuMicrosPerUpdate").getAsDouble())
                    .as(side)
                    .isPositive();
        }
    }
}
