package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.server.services.FreePort;

/** Fewer descriptors than limits.connections-max: the start says so, and the server is full before the store lacks any. */
class FewDescriptorsIT {
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");
    private static final int DESCRIPTORS = 200;
    private static final int LOG_CHARACTERS_MAX = 20_000;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "io_uring", "nio"})
    void fullIsNotReadyAndFreeAgainIsReady(String transport) throws Exception {
        int opsPort = FreePort.find();
        try (ServerProcess server = ServerProcess.startWithDescriptors(
                DESCRIPTORS,
                folder,
                "net.transport=" + transport,
                "ops.enabled=true",
                "ops.port=" + opsPort,
                "limits.hello-seconds=60",
                "limits.idle-seconds=120")) {
            OpsClient ops = OpsClient.of(new InetSocketAddress("127.0.0.1", opsPort));
            assertThat(server.complaints()).contains("raise ulimit -n");
            assertThat(ops.get("/readyz").status()).isEqualTo(200);

            List<Socket> crowd = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                crowd.add(new Socket(
                        server.address().getAddress(), server.address().getPort()));
            }
            await("nobody can connect").until(() -> ops.get("/readyz").status() == 503);
            assertThat(ops.get("/readyz").body()).contains("nobody can connect");
            assertThat(ops.get("/healthz").status()).isEqualTo(200);

            for (Socket each : crowd) {
                each.close();
            }
            await("somebody can").until(() -> ops.get("/readyz").status() == 200);
            awaitIn(server);
            whenTheSystemGivesNoneThatIsSaidAndItGoesOnLater(server);
            assertThat(server.complaints()).hasSizeLessThan(LOG_CHARACTERS_MAX);
        }
    }

    /** The server believes that there are more than the system gives it (EMFILE). */
    private static void whenTheSystemGivesNoneThatIsSaidAndItGoesOnLater(ServerProcess server) throws Exception {
        assumeTrue(Files.isExecutable(PRLIMIT), "needs " + PRLIMIT + " of util-linux");
        List<Socket> crowd = new ArrayList<>();
        limit(server, 10);
        try {
            await("it is said").until(() -> {
                crowd.add(new Socket(
                        server.address().getAddress(), server.address().getPort()));
                return server.complaints().contains("connections cannot be accepted");
            });
        } finally {
            limit(server, DESCRIPTORS);
            for (Socket each : crowd) {
                each.close();
            }
        }
        awaitIn(server);
    }

    /** Descriptors that it has already stay its own. */
    private static void limit(ServerProcess server, int descriptors) throws Exception {
        Process prlimit = new ProcessBuilder(
                        PRLIMIT.toString(), "--pid", Long.toString(server.pid()), "--nofile=" + descriptors + ":")
                .inheritIO()
                .start();
        assertThat(prlimit.waitFor()).isZero();
    }

    private static void awaitIn(ServerProcess server) {
        await("in").ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            try (RawClient anna = new RawClient(server.address())) {
                anna.login("anna");
                return true;
            }
        });
    }
}
