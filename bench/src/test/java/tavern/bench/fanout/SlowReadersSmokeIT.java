package tavern.bench.fanout;

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

/** Runs the section briefly, to check that it works and counts. */
final class SlowReadersSmokeIT {
    private static final Duration MOMENT = Duration.ofMillis(500);

    @TempDir
    private Path folder;

    @Test
    void slowReaders() throws IOException, InterruptedException {
        try (ClosedTogether kept = new ClosedTogether()) {
            Bench bench = new Bench(
                    Path.of(""),
                    folder,
                    true,
                    0,
                    0,
                    Set.of("epoll"),
                    Flames.none(),
                    null,
                    false,
                    false,
                    Progress.none(),
                    new Stop(),
                    kept);
            SlowReadersSection section = new SlowReadersBenchmark()
                    .measure(bench, new SlowReadersPace(20, 20, MOMENT, MOMENT, Duration.ofSeconds(1), MOMENT));

            JsonObject siege =
                    section.json().getAsJsonArray("transports").get(0).getAsJsonObject();
            assertThat(siege.get("transport").getAsString()).isEqualTo("epoll");
            assertThat(siege.get("p99MsBefore").getAsDouble()).isPositive();
            assertThat(siege.get("p99MsDuring").getAsDouble()).isPositive();
            assertThat(siege.get("budgetBytes").getAsLong()).isPositive();
        }
    }
}
