package tavern.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The container image, unpacked and started as a container engine would: its root file system is all there is, and
 * read-only, and it runs as the image's user, in namespaces of its own for mounts and processes.
 */
final class ImageIT {
    private static final Path TARGET =
            Path.of(System.getProperty("tavern.root", ".."), "dist", "target").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final Pattern CONSOLE = Pattern.compile("operators connect to (http://\\S+)");
    private static final Pattern PLAYERS = Pattern.compile("players connect to ");

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void killWhatIsLeft() {
        started.forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
    }

    @Test
    void theServerIsReadyAsAUserWithoutRightsOnAReadOnlyRoot() throws Exception {
        assumeTrue(Container.canBeMade(), "only root can do what a container engine does");
        assumeTrue(Files.exists(shipped()), "the image is built with -Pimage only");
        Path root = Files.createDirectory(folder.resolve("root"));
        JsonObject config = unpack(root);
        String user = config.get("User").getAsString();
        assertThat(user).isEqualTo("10001:10001");

        Path log = folder.resolve("log");
        List<String> command = new ArrayList<>();
        config.getAsJsonArray("Entrypoint").forEach(part -> command.add(part.getAsString()));
        ProcessBuilder builder = new ProcessBuilder(new Container(root, user).command(command))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().clear();
        for (JsonElement variable : config.getAsJsonArray("Env")) {
            String[] both = variable.getAsString().split("=", 2);
            builder.environment().put(both[0], both[1]);
        }
        // For the commands of this test; the image has no other programs than Java's.
        builder.environment().merge("PATH", ":/usr/bin:/bin", String::concat);
        builder.environment().put("TAVERN_NET_PORT", "0");
        builder.environment().put("TAVERN_OPS_PORT", "0");
        Process container = builder.start();
        started.add(container);
        await().pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .until(() -> PLAYERS.matcher(Files.readString(log)).find() || !container.isAlive());
        assertThat(container.isAlive()).as(Files.readString(log)).isTrue();

        Matcher console = CONSOLE.matcher(Files.readString(log));
        assertThat(console.find()).as(Files.readString(log)).isTrue();
        URI ready = URI.create(console.group(1)).resolve("/readyz");
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(ready).build(), HttpResponse.BodyHandlers.ofString(UTF_8));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

        ProcessHandle server = Container.inside(container);
        Path status = Path.of("/proc", Long.toString(server.pid()), "status");
        assertThat(Files.readString(status)).containsPattern("Uid:\\s10001\\s10001\\s10001\\s10001\n");
        assertThat(Files.readString(status)).containsPattern("CapEff:\\s0+\n");
        server.destroy();
        assertThat(container.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(container.exitValue()).as(Files.readString(log)).isZero();
        assertThat(Files.readString(log)).contains("stopped").doesNotContain(" ERROR ");
    }

    /** Unpacks all layers, and returns the configuration with which a container is to be started. */
    private JsonObject unpack(Path root) throws Exception {
        Path image = Files.createDirectory(folder.resolve("image"));
        untar(shipped(), image);
        JsonObject manifest = blob(
                image,
                json(image.resolve("index.json"))
                        .getAsJsonArray("manifests")
                        .get(0)
                        .getAsJsonObject());
        for (JsonElement layer : manifest.getAsJsonArray("layers")) {
            assertThat(layer.getAsJsonObject().get("mediaType").getAsString())
                    .isEqualTo("application/vnd.oci.image.layer.v1.tar+gzip");
            untar(path(image, layer.getAsJsonObject()), root);
        }
        JsonObject config = blob(image, manifest.getAsJsonObject("config"));
        assertThat(config.get("os").getAsString()).isEqualTo("linux");
        return config.getAsJsonObject("config");
    }

    private static JsonObject blob(Path image, JsonObject descriptor) throws IOException {
        return json(path(image, descriptor));
    }

    private static Path path(Path image, JsonObject descriptor) {
        return image.resolve("blobs")
                .resolve(descriptor.get("digest").getAsString().replace(':', '/'));
    }

    private static JsonObject json(Path file) throws IOException {
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    }

    private static void untar(Path archive, Path into) throws Exception {
        Process tar = new ProcessBuilder("tar", "-xf", archive.toString(), "-C", into.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(tar.getInputStream().readAllBytes(), UTF_8);
        assertThat(tar.waitFor()).as(output).isZero();
    }

    /** Of this version: an earlier build may have left others. */
    private static Path shipped() {
        return TARGET.resolve("tavern-" + System.getProperty("tavern.version") + "-image.tar");
    }
}
