package tavern.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tavern.protocol.v1.ServerMessage;
import tavern.server.it.RawClient;
import tavern.server.it.TestServer;

/** {@code bin/server backup} and {@code restore}, with and without a running server. */
final class BackupCommandIT {
    @TempDir
    private Path root;

    private Path folder;
    private Path copy;
    private Path ordered;
    private final StringWriter output = new StringWriter();

    @BeforeEach
    void nameFolders() throws IOException {
        folder = Files.createDirectory(root.resolve("data"));
        copy = root.resolve("copy.db");
        ordered = folder.resolve("backups/copy.db");
    }

    @Test
    void aRunningServerMakesTheCopyAndItIsRestoredElsewhere() throws Exception {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true");
                RawClient ann = server.client("ann", "hall")) {
            assertThat(run(folder, "backup", "copy.db", ops(server), tokens()))
                    .as(output())
                    .isZero();
            assertThat(output()).contains(ordered + " is complete and sound");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("backups"))))
                    .isEqualTo("rwx------");
            assertThat(run(folder, "backup", "copy.db", ops(server), tokens())).isEqualTo(1);
            assertThat(output()).hasLineCount(1).contains("is not overwritten");
            ann.chat("still here");
            assertThat(ann.expect(ServerMessage::hasChat).getChat().getText()).isEqualTo("still here");
            // Another folder with a database that a server uses: this server's would be the wrong copy.
            Path other = Files.createDirectory(root.resolve("other"));
            try (TestServer second = TestServer.start(other)) {
                assertThat(run(other, "backup", "second.db", ops(server), tokens()))
                        .isEqualTo(1);
                assertThat(output()).contains("this server's store is in " + folder);
                assertThat(second.sessions()).isZero();
            }
        }
        Path elsewhere = root.resolve("elsewhere");
        assertThat(run(elsewhere, "restore", ordered.toString())).as(output()).isZero();
        assertThat(output()).contains("restored into " + elsewhere, "sound: 1 players");
        try (TestServer restored = TestServer.start(elsewhere);
                RawClient ann = restored.client("ann", "hall")) {
            assertThat(ann.chat("back again")).isPositive();
        }
        assertThat(run(elsewhere, "restore", ordered.toString())).isEqualTo(1);
        assertThat(output()).hasLineCount(1).contains("--replace");
        assertThat(run(elsewhere, "restore", ordered.toString(), "--replace"))
                .as(output())
                .isZero();
        assertThat(output()).contains("replaced-1");
    }

    @Test
    void withoutAServerTheCommandMakesTheCopyItself() throws Exception {
        TestServer.start(folder).close();
        assertThat(run(folder, "backup", copy.toString())).as(output()).isZero();
        assertThat(output()).contains("is complete and sound");
        assertThat(run(folder, "backup", copy.toString())).isEqualTo(1);
        assertThat(output()).hasLineCount(1).contains("is not overwritten");
    }

    /** The order may come from anywhere; a proxy on the same machine looks like a local program. */
    @Test
    void anOrderWritesOnlyIntoTheFolderForBackups() throws Exception {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true")) {
            for (String file :
                    new String[] {copy.toString(), "../copy.db", "a/copy.db", "a\\\\copy.db", ".copy", "-copy", ".."}) {
                assertThat(post(server, "admin", "X-Nothing", file)).as(file).isEqualTo(400);
            }
            assertThat(post(server, "moderator", "X-Nothing", "copy.db")).isEqualTo(403);
            assertThat(folder.resolve("backups")).doesNotExist();
            assertThat(post(server, "admin", "X-Forwarded-For", "copy.db")).isEqualTo(200);
        }
        try (TestServer server = TestServer.start(folder, "ops.enabled=true", "store.backup-path=")) {
            assertThat(run(folder, "backup", "other.db", ops(server), tokens())).isEqualTo(1);
            assertThat(output()).contains("set store.backup-path");
        }
    }

    private int post(TestServer server, String role, String header, String file) throws Exception {
        String token = Files.readAllLines(folder.resolve("ops-tokens"), UTF_8).stream()
                .filter(line -> line.startsWith(role + " "))
                .map(line -> line.split(" ")[1])
                .findFirst()
                .orElseThrow();
        InetSocketAddress address = server.opsAddress();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + address.getPort() + "/api/v1/backup"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .header(header, "198.51.100.7")
                .POST(HttpRequest.BodyPublishers.ofString("{\"reason\":\"test\",\"file\":\"" + file + "\"}"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private String tokens() {
        return "--token-file=" + folder.resolve("ops-tokens");
    }

    private static String ops(TestServer server) {
        return "--ops=http://127.0.0.1:" + server.opsAddress().getPort();
    }

    private String output() {
        return output.toString();
    }

    private int run(Path store, String... words) throws IOException {
        output.getBuffer().setLength(0);
        Path config = Files.writeString(root.resolve("my.conf"), "store.path = \"" + store + "\"\n");
        String[] all = new String[words.length + 2];
        all[0] = "--config";
        all[1] = config.toString();
        System.arraycopy(words, 0, all, 2, words.length);
        CommandLine line = Main.commandLine().setOut(new PrintWriter(output)).setErr(new PrintWriter(output));
        return line.execute(all);
    }
}
