package tavern.bench.costs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.bench.Bench;
import tavern.bench.ClosedTogether;
import tavern.bench.Flames;
import tavern.bench.Progress;
import tavern.bench.Stop;

/** Counts with a few players, to check that it works. */
final class CostsSmokeIT {
    @TempDir
    private Path folder;

    @Test
    void whatPlayersDoIsCounted() throws IOException, InterruptedException {
        CostsSection section;
        try (Progress progress = Progress.none();
                ClosedTogether kept = new ClosedTogether()) {
            Bench bench = new Bench(
                    Path.of(System.getProperty("tavern.root")),
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
            section = new CostsBenchmark().measure(bench, 40, Duration.ofSeconds(1));
        }
        Map<String, Cost> costs = section.costs().stream().collect(Collectors.toMap(Cost::what, Function.identity()));
        assertThat(Objects.requireNonNull(costs.get("a trade")).commands().get("evalsha"))
                .isGreaterThanOrEqualTo(1);
        assertThat(Objects.requireNonNull(costs.get("a login of a new player")).allCommands())
                .isGreaterThanOrEqualTo(1);
        assertThat(Objects.requireNonNull(costs.get("a join that opens a room")).allCommands())
                .isGreaterThanOrEqualTo(1);
        assertThat(section.json().getAsJsonArray("each")).hasSize(costs.size() + 1);
    }
}
