package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.it.OpsClient.Answer;

/** Live consoles are bounded, and those that are gone make room for others. */
class OpsStreamsIT {
    private static final int STREAMS_MAX = 32;

    @TempDir
    Path folder;

    @Test
    void oneConsoleTooManyIsRefusedUntilAnotherGoes() throws IOException {
        List<Socket> consoles = new ArrayList<>();
        try (TestServer server = TestServer.start(folder, "ops.enabled=true")) {
            OpsClient viewer = OpsClient.of(server.opsAddress(), folder, "viewer");
            assertThat(viewer.get("/api/v1/stream").status())
                    .as("without Accept")
                    .isEqualTo(406);
            OpsClient console = viewer.with("Accept", "text/event-stream");
            for (int i = 0; i < STREAMS_MAX; i++) {
                consoles.add(console.open("GET", "/api/v1/stream", null));
            }
            for (Socket open : consoles) {
                readUntil(open, "event: overview");
            }
            Answer refused = console.get("/api/v1/stream");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.errorCode()).isEqualTo("TOO_MANY_STREAMS");
            consoles.remove(0).close();
            await().untilAsserted(() -> {
                try (Socket next = console.open("GET", "/api/v1/stream", null)) {
                    assertThat(readUntil(next, "\r\n")).contains("200");
                }
            });
        } finally {
            for (Socket console : consoles) {
                console.close();
            }
        }
    }

    @Test
    void whoeversTokenIsTakenOutIsLoggedOutAndABrokenFileChangesNothing() throws IOException {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true")) {
            Path tokens = folder.resolve("ops-tokens");
            OpsClient viewer = OpsClient.of(server.opsAddress(), folder, "viewer");
            OpsClient admin = OpsClient.of(server.opsAddress(), folder, "admin");
            try (Socket console = viewer.with("Accept", "text/event-stream").open("GET", "/api/v1/stream", null);
                    Socket other = admin.with("Accept", "text/event-stream").open("GET", "/api/v1/stream", null)) {
                readUntil(console, "event: overview");
                List<String> left = Files.readAllLines(tokens).stream()
                        .filter(line -> !line.startsWith("viewer "))
                        .toList();
                Files.write(tokens, left);
                console.getInputStream().readAllBytes(); // ends, or the read times out
                await().untilAsserted(() ->
                        assertThat(viewer.get("/api/v1/overview").errorCode()).isEqualTo("WRONG_TOKEN"));
                assertThat(admin.get("/api/v1/overview").status()).isEqualTo(200);

                Files.writeString(tokens, "admin short\n");
                readUntil(other, "token file cannot be used");
                assertThat(admin.get("/api/v1/overview").status()).isEqualTo(200);
                Files.write(tokens, left);
                await().untilAsserted(() -> assertThat(admin.get("/api/v1/overview")
                                .json()
                                .get("degraded")
                                .toString())
                        .doesNotContain("token file"));
            }
        }
    }

    static String readUntil(Socket socket, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("after " + text).isNotNegative();
            text.append((char) next);
        }
        return text.toString();
    }
}
