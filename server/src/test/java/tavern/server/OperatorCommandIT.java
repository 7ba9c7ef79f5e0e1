package tavern.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.it.TestServer;
import tavern.server.services.RedisProcess;

/** {@code bin/server operator}: on a store of its own, through a running server, and on Redis. */
final class OperatorCommandIT {
    private static final List<String> QUICK = List.of("ops.enabled=true", "ops.password-iterations=100000");

    @TempDir
    private Path root;

    private final StringWriter output = new StringWriter();

    private String output() {
        return output.toString();
    }

    private int run(String settings, String... words) throws IOException {
        output.getBuffer().setLength(0);
        Path config = Files.writeString(root.resolve("my.conf"), settings + "\nops.password-iterations = 100000\n");
        String[] all = new String[words.length + 3];
        all[0] = "--config";
        all[1] = config.toString();
        all[2] = "operator";
        System.arraycopy(words, 0, all, 3, words.length);
        return Main.commandLine()
                .setOut(new PrintWriter(output))
                .setErr(new PrintWriter(output))
                .execute(all);
    }

    /** All that the command can do, wherever it does it. */
    private void exercise(String settings, String... where) throws IOException {
        String password = Files.writeString(root.resolve("password"), "correct horse battery\nmore\n")
                .toString();
        assertThat(run(settings, with(where, "add", "ann", "--role", "moderator,viewer", "--days", "30")))
                .as(output())
                .isZero();
        assertThat(output()).contains("password: ", "made: moderator, viewer, expires 2", "(audit ");
        assertThat(run(settings, with(where, "add", "ann", "--role", "viewer"))).isEqualTo(1);
        assertThat(output()).contains("already");
        assertThat(run(settings, with(where, "add", "bob", "--role", "king"))).isEqualTo(1);
        assertThat(run(settings, with(where, "add", "No Name", "--role", "viewer")))
                .isEqualTo(1);
        assertThat(run(settings, with(where, "passwd", "ann", "--password-file", password)))
                .as(output())
                .isZero();
        assertThat(output()).doesNotContain("correct").contains("password set");
        assertThat(run(settings, with(where, "disable", "ann"))).isZero();
        assertThat(run(settings, with(where, "expire", "ann", "--never"))).isZero();
        assertThat(run(settings, with(where, "totp", "ann"))).isZero();
        assertThat(run(settings, with(where, "list"))).isZero();
        assertThat(output()).contains("ann ", "moderator,viewer", "disabled", "expires never", "never signed in");
        assertThat(run(settings, with(where, "enable", "ann"))).isZero();
        assertThat(run(settings, with(where, "enable", "nobody"))).isEqualTo(1);
        assertThat(output()).contains("there is no operator of this name");
        assertThat(run(settings, with(where, "expire", "ann", "--days", "0"))).isEqualTo(1);
        assertThat(run(settings, with(where, "remove", "ann"))).isZero();
        assertThat(run(settings, with(where, "list"))).isZero();
        assertThat(output()).isEmpty();
    }

    private static String[] with(String[] where, String... words) {
        String[] all = new String[words.length + where.length];
        System.arraycopy(words, 0, all, 0, words.length);
        System.arraycopy(where, 0, all, words.length, where.length);
        return all;
    }

    @Test
    void aStoreThatNoServerUsesIsChangedDirectly() throws Exception {
        Path folder = root.resolve("data");
        TestServer.start(folder, QUICK.toArray(String[]::new)).close();
        exercise("store.path = \"" + folder + "\"");
        TestServer.start(folder, QUICK.toArray(String[]::new)).close();
        assertThat(Main.commandLine()
                        .setOut(new PrintWriter(output))
                        .setErr(new PrintWriter(output))
                        .execute("--config", root.resolve("my.conf").toString(), "check"))
                .as(output())
                .isZero();
        assertThat(output()).as("the audit log is sound").contains("sound:");
    }

    @Test
    void aRunningServerMakesTheChangesInItsOwnStore() throws Exception {
        Path folder = root.resolve("data");
        try (TestServer server = TestServer.start(folder, QUICK.toArray(String[]::new))) {
            exercise(
                    "store.path = \"" + folder + "\"",
                    "--ops=http://127.0.0.1:" + server.opsAddress().getPort(),
                    "--token-file=" + folder.resolve("ops-tokens"));
        }
    }

    @Test
    void redisIsChangedDirectlyWhileServersUseIt() throws Exception {
        Path folder = Files.createDirectories(root.resolve("redis"));
        try (RedisProcess redis = RedisProcess.start(folder)) {
            String uri = redis.uri();
            try (TestServer server = TestServer.start(
                    root.resolve("data"), "store.kind=redis", "store.redis.uri=" + uri, "realm=mine")) {
                exercise("store { kind = redis, redis.uri = \"" + uri + "\", path = \"" + root.resolve("data")
                        + "\" }\nrealm = mine");
                assertThat(server.sessions()).isZero();
            }
        }
    }
}
