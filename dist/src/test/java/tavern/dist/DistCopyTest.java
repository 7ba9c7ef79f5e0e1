package tavern.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bin/dist} gives to the build and does with what comes of it, on a small checkout and with a Maven that builds nothing. */
final class DistCopyTest {
    private static final Path BIN =
            Path.of(System.getProperty("tavern.root", ".."), "bin").toAbsolutePath();

    @TempDir
    Path folder;

    @BeforeEach
    void aCheckoutWithFilesOfItsOwner() throws Exception {
        for (String script : List.of("dist", "lib.sh")) {
            write("checkout/bin/" + script, Files.readString(BIN.resolve(script)));
        }
        write("checkout/config/tavern.conf", "");
        write("checkout/config/with blank.conf", "");
        write("checkout/docs/gone.md", "");
        write("path/mvn", "#!/bin/sh\nfind . -type f | sort >'" + folder.resolve("built") + "'\nexit 1\n");
        Files.setPosixFilePermissions(folder.resolve("path/mvn"), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private String run(int exitCode, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.resolve("checkout").toFile())
                .redirectErrorStream(true);
        builder.environment().merge("PATH", folder.resolve("path").toString(), (path, ours) -> ours + ":" + path);
        // Set while a hook of Git runs the tests.
        builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(Arrays.toString(command) + ": " + said).isEqualTo(exitCode);
        return said;
    }

    private List<String> built() throws IOException, InterruptedException {
        assertThat(run(1, "bash", "bin/dist")).contains("the build failed");
        return Files.readAllLines(folder.resolve("built"));
    }

    @Test
    void onlyWhatGitTracksIsShippedAsItIsNow() throws Exception {
        run(0, "git", "init", "-q");
        run(0, "git", "add", ".");
        write("checkout/config/my.conf", "auth.jwt.secret = \"s3cret\"");
        Files.delete(folder.resolve("checkout/docs/gone.md"));

        assertThat(built())
                .containsExactlyInAnyOrder(
                        "./bin/dist", "./bin/lib.sh", "./config/tavern.conf", "./config/with blank.conf");
    }

    @Test
    void withoutGitEverythingIsShippedButWhatBuildsAndServersLeaveBehind() throws Exception {
        write("checkout/target/release/old", "");
        write("checkout/data/tavern.db", "");
        write("checkout/client-web/node_modules/x/index.js", "");

        assertThat(built())
                .containsExactlyInAnyOrder(
                        "./bin/dist",
                        "./bin/lib.sh",
                        "./config/tavern.conf",
                        "./config/with blank.conf",
                        "./docs/gone.md");
    }

    @Test
    void aCheckFindsBuildsThatDiffer() throws Exception {
        maven("echo same");
        assertThat(run(0, "bash", "bin/dist", "--check")).contains("two builds are the same");
        assertThat(folder.resolve("checkout/target/release/SHA256SUMS"))
                .content(UTF_8)
                .hasLineCount(3);

        maven("pwd"); // each build has a folder of its own
        assertThat(run(1, "bash", "bin/dist", "--check")).contains("two builds of tavern-1", "differ");
    }

    /** A Maven that builds files with what the command prints. */
    private void maven(String command) throws IOException {
        write("path/mvn", """
                #!/bin/sh
                mkdir -p dist/target
                for file in tavern-1.tar.gz tavern-1-sbom.json tavern-1-image.tar; do %s >dist/target/$file; done
                """.formatted(command));
    }
}
