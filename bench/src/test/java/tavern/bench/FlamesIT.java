package tavern.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import one.profiler.AsyncProfilerLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

final class FlamesIT {
    private static final Duration SHORT = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    private final Stop stop = new Stop();

    @Test
    void whereNoneAreWantedNothingIsDone() throws IOException, InterruptedException {
        Flames.none().take(Jvm.pid(), "moves", "Tavern", folder, stop);

        assertThat(Flames.none().options()).isEmpty();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    @EnabledIf(value = "isSupported", disabledReason = "async-profiler has no library for this system")
    void aServersGraphIsOneSmallPage() throws IOException, InterruptedException {
        Path graphs = Files.createDirectories(folder.resolve("graphs"));
        Path server = Files.createDirectories(folder.resolve("server"));
        Flames flames = Flames.into(graphs, SHORT);
        try (ServerChild child = ServerChild.start(server, Map.of("store.path", server.toString()), stop)) {
            flames.take(child.pid(), "moves", "Tavern, who is near", folder, stop);
        }

        assertThat(graphs.resolve("moves-tavern-who-is-near.html"))
                .content()
                .contains("moves: Tavern who is near", "async-profiler")
                .hasSizeBetween(1_000, 150_000);
    }

    static boolean isSupported() {
        return AsyncProfilerLoader.isSupported();
    }
}
