package tavern.bench.lists;

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

/** Runs the benchmark briefly with a few players and rooms, to check that it works. */
final class ListsSmokeIT {
    private static final ListsPace SHORT = new ListsPace(120, 10, 4, Duration.ofMillis(500), Duration.ofSeconds(1));

    @TempDir
    private Path folder;

    @Test
    void calmPlayersAreMeasuredWhileNobodyListsAndWhileOthersDo() throws IOException, InterruptedException {
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
            section = new ListsBenchmark().measure(bench, SHORT);
        }
        JsonObject alone = section.json().getAsJsonObject("alone");
        JsonObject listed = section.json().getAsJsonObject("listed");
        assertThat(longest(alone, "pingMs")).isPositive();
        assertThat(longest(alone, "pageMs")).isZero();
        assertThat(longest(listed, "pingMs")).isPositive();
        assertThat(longest(listed, "pageMs")).isPositive();
        assertThat(listed.get("failed").getAsLong()).isZero();
    }

    private static double longest(JsonObject window, String figure) {
        return window.getAsJsonObject(figure).get("max").getAsDouble();
    }
}
