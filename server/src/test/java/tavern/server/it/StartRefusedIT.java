package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.games.TestJar;
import tavern.server.tls.TestCertificate;

/** A server that cannot start says why in one line, and ends with an exit code of its own. */
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

    @Test
    void gamesThatCannotBeLoadedAllAtOnce() throws Exception {
        Path games = Files.createDirectory(folder.resolve("games"));
        TestJar.pot().write(games.resolve("pot.jar"));
        Files.writeString(games.resolve("chess.jar"), "not yet");
        Files.createDirectory(games.resolve("dice.jar"));
        try (ServerProcess server = ServerProcess.launch(folder, "games.path=" + games)) {
            assertThat(server.exitCode(60)).as(server.complaints()).isEqualTo(FAILED);
            assertThat(server.complaints().lines())
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .startsWith(
                                            "cannot start: " + games.resolve("chess.jar") + " is not a complete jar"),
                            line -> assertThat(line)
                                    .startsWith("cannot start: " + games.resolve("dice.jar") + " cannot be read"));
        }
    }

    @Test
    void aTypeOfRoomsWithoutItsGame() throws Exception {
        assertThat(refusal(FAILED, "games.path=" + folder, "games.types.dice.capacity=2"))
                .startsWith("cannot start: games.types.dice.game = dice: there is no such game; no jar in " + folder);
    }

    @Test
    void aCertificateThatHasEnded() throws Exception {
        TestCertificate ended = TestCertificate.make(folder, "ended", "-startdate", "-10d", "-validity", "5");
        assertThat(refusal(FAILED, "net.tls.cert=" + ended.certificateFile(), "net.tls.key=" + ended.keyFile()))
                .startsWith("cannot start: net.tls.cert = " + ended.certificateFile() + ": this certificate ended on ");
    }

    @Test
    void aFolderWithLettersThatTheLocaleLacks() throws Exception {
        Files.writeString(folder.resolve("my.conf"), "ops.token = \"d\u00e4ta/tokens\"\n");
        assertThat(refusal(MISCONFIGURED, Map.of("LC_ALL", "C")))
                .startsWith("ops.token = d")
                .contains("this locale has no such letters", "LC_ALL=C.UTF-8");
    }

    @Test
    void aFileBesideALogOfALaterTime() throws Exception {
        TestServer.start(folder).close();
        Path file = folder.resolve("tavern.db");
        byte[] backup = Files.readAllBytes(file);
        try (ServerProcess server = ServerProcess.start(folder);
                RawClient ann = new RawClient(server.address())) {
            ann.login("ann");
            server.kill();
        }
        try (ServerProcess server = ServerProcess.start(folder);
                RawClient ben = new RawClient(server.address())) {
            ben.login("ben");
            server.kill();
        }
        Files.write(file, backup);
        assertThat(refusal(FAILED)).startsWith("cannot start: " + file).contains("do not belong together");
    }

    @Test
    void noFolderToLoadNativeLibrariesFrom() throws Exception {
        Files.writeString(folder.resolve("native"), "in the way");
        try (ServerProcess server = ServerProcess.launch(folder, "java.io.tmpdir=/proc")) {
            assertThat(server.exitCode(60)).as(server.complaints()).isEqualTo(FAILED);
            assertThat(server.complaints().lines())
                    .last()
                    .asString()
                    .startsWith("cannot start: SQLite's native library cannot be loaded")
                    .contains("org.sqlite.tmpdir")
                    .doesNotContain("backup");
        }
    }

    private String refusal(int code, String... settings) throws IOException, InterruptedException {
        return refusal(code, Map.of(), settings);
    }

    private String refusal(int code, Map<String, String> environment, String... settings)
            throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.launch(folder, environment, settings)) {
            assertThat(server.exitCode(60)).as(server.complaints()).isEqualTo(code);
            assertThat(server.complaints().lines()).hasSize(1);
            return server.complaints();
        }
    }
}
