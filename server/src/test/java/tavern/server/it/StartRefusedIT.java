package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that cannot start says why in one line, and ends with a code that a script can tell apart. */
class StartRefusedIT {
    private static final int FAILED = 1;
    private static final int MISCONFIGURED = 2;

    @TempDir
    Path folder;

    @Test
    void aPortInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = "net.port=" + taken.getLocalPort();
            assertThat(refusal(FAILED, port))
                    .startsWith("net.port = " + taken.getLocalPort() + ": cannot listen on 127.0.0.1")
                    .contains("stop what uses the port");
        }
    }

    @Test
    void theOperatorsPortInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(refusal(FAILED, "ops.enabled=true", "ops.port=" + taken.getLocalPort()))
                    .startsWith("cannot start: ops.port = " + taken.getLocalPort())
                    .contains("set another");
        }
    }

    @Test
    void aFolderInUse() throws Exception {
        try (TestServer server = TestServer.start(folder)) {
            assertThat(server.address()).isNotNull();
            assertThat(refusal(FAILED))
                    .startsWith("cannot start: store folder " + folder)
                    .contains("in use by process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void aFileThatIsNoDatabase() throws Exception {
        Files.writeString(folder.resolve("tavern.db"), "a poem, by somebody else\n".repeat(1_000));
        assertThat(refusal(FAILED))
                .startsWith("cannot start: " + folder.resolve("tavern.db") + " cannot be opened")
                .contains("restore it from a backup");
    }

    @Test
    void aDatabaseThatIsCutShort() throws Exception {
        TestServer.start(folder).close();
        Path file = folder.resolve("tavern.db");
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        assertThat(refusal(FAILED)).startsWith("cannot start: ").contains("restore it from a backup");
    }

    @Test
    void aSettingThatCannotBe() throws Exception {
        assertThat(refusal(MISCONFIGURED, "room.tick-hz=none")).contains("room.tick-hz");
    }

    private String refusal(int code, String... settings) throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.launch(folder, settings)) {
            assertThat(server.exitCode(30)).as(server.complaints()).isEqualTo(code);
            assertThat(server.complaints().lines()).hasSize(1);
            return server.complaints();
        }
    }
}
