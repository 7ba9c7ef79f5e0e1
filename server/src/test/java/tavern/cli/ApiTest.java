package tavern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ApiTest {
    /** As long as the server may search for what is to be erased. */
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @Test
    void whoAsksWaitsLongerThanTheServerMayTake() throws Exception {
        Path tokens = Files.writeString(folder.resolve("tokens"), "secret\n");
        Api api = new Api(URI.create("http://127.0.0.1:1"), tokens, "admin", "admin");
        assertThat(api.request("/players/ann/erase").build().timeout())
                .hasValueSatisfying(patience -> assertThat(patience).isGreaterThan(LONGEST_ANSWER));
    }
}
