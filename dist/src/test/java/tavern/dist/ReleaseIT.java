package tavern.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive that is shipped, unpacked far from the sources, where there are a Java, bash and coreutils and nothing else. */
final class ReleaseIT {
    private static final Path ROOT =
            Path.of(System.getProperty("tavern.root", "..")).toAbsolutePath();
    private static final Path TARGET = ROOT.resolve("dist/target");
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final List<String> TOOLS = List.of(
            "bash",
            "basename",
            "cat",
            "dirname",
            "env",
            "head",
            "id",
            "mkdir",
            "mktemp",
            "mv",
            "nohup",
            "readlink",
            "rm",
            "sleep",
            "tail",
            "touch");
    /** A file in the output of {@code ldd}. */
    private static final Pattern LIBRARY = Pattern.compile("\\s(/\\S+) \\(0x");

    private static final Pattern CONSOLE = Pattern.compile("operators connect to (http://\\S+)");

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();
    private Path release = Path.of("");

    /** Where the release's commands run, unless on this machine itself. */
    private @Nullable Container container;

    @BeforeEach
    void unpack() throws Exception {
        Path archive = shipped(".tar.gz");
        String name = archive.getFileName().toString();
        String output = finished(folder, "tar", "-xzf", archive.toString());
        assertThat(output).isEmpty();
        release = folder.resolve(name.substring(0, name.length() - ".tar.gz".length()));
    }

    @AfterEach
    void killWhatIsLeft() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void aServerServesBotsAndOperatorsAndItsStoreIsSound() throws Exception {
        serveBotsAndOperators();
    }

    /** As in a container of one's own: beside the archive, a root has a Java runtime, bash and coreutils, and no more files. */
    @Test
    void inARootWithAJavaRuntimeItDoesTheSame() throws Exception {
        assumeTrue(Container.canBeMade(), "only root can do what a container engine does");
        container = new Container(emptyRoot(), "0:0").sharing(folder);
        serveBotsAndOperators();
    }

    private void serveBotsAndOperators() throws Exception {
        Path ready = folder.resolve("ready");
        Path log = folder.resolve("log");
        Path data = folder.resolve("data");
        Path games = Files.createDirectory(folder.resolve("games"));
        Files.copy(release.resolve("examples/cards-example.jar"), games.resolve("cards.jar"));
        Process server = start(
                log,
                "bin/server",
                "-Dnet.port=0",
                "-Dops.port=0",
                "-Dstore.path=" + data,
                "-Dgames.path=" + games,
                "--ready-file",
                ready.toString());
        await().pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .until(() -> Files.exists(ready) || !server.isAlive());
        assertThat(server.isAlive()).as(Files.readString(log)).isTrue();

        URI console = console(log);
        assertThat(get(console.resolve("/readyz")).statusCode()).isEqualTo(200);
        assertThat(get(console.resolve("/")).body()).contains("<title>");

        String bots = finished(
                release,
                "bin/bots",
                "--server",
                Files.readString(ready).strip(),
                "--bots=20",
                "--rooms=2",
                "--duration=3s",
                "--trade-rate=1",
                "--store=" + data.resolve("tavern.db"));
        assertThat(bots).contains("conserved");

        // SIGTERM, by the contract of destroy on Unix.
        (container == null ? server.toHandle() : Container.inside(server)).destroy();
        assertThat(server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).as(Files.readString(log)).isZero();
        assertThat(Files.readString(log)).contains("cards").doesNotContain(" ERROR ");

        assertThat(finished(release, "bin/server", "check", "-Dstore.path=" + data))
                .contains("sound");
    }

    @Test
    void aDemoIsPlayedToItsEnd() throws Exception {
        assertThat(finished(release, "bin/demo", "--bots=20", "--rooms=2", "--duration=2s"))
                .contains("conserved");
    }

    @Test
    void everyCommandTellsHowItIsUsed() throws Exception {
        for (String command : List.of("bin/server", "bin/bots", "bin/replay", "bin/demo")) {
            assertThat(finished(release, command, "--help"))
                    .containsPattern("Usage: (bin/)?" + Path.of(command).getFileName());
        }
    }

    @Test
    void aDemoOnAPageSaysThatItNeedsTheSources() throws Exception {
        Path log = folder.resolve("log");
        Process demo = start(log, "bin/demo", "--play", "--guests=2");
        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isEqualTo(1);
        assertThat(Files.readString(log))
                .isEqualTo("demo: --play works in a checkout of the sources only: a release has no page\n");
    }

    /** Of two versions, chance would decide which one is used. */
    @Test
    void noLibraryIsThereTwice() throws Exception {
        Set<String> names = new TreeSet<>();
        for (Path jar : list(release.resolve("lib"))) {
            String name = jar.getFileName().toString();
            if (name.endsWith(".jar") && !name.contains("-linux-")) {
                assertThat(names.add(name.replaceFirst("-[0-9].*", "")))
                        .as(name)
                        .isTrue();
            }
        }
        assertThat(names)
                .contains("netty-common", "sqlite-jdbc", "protobuf-java")
                .doesNotContain("junit-jupiter");
    }

    @Test
    void whatIsShippedIsInTheBillOfMaterials() throws Exception {
        JsonObject bill =
                JsonParser.parseString(Files.readString(shipped("-sbom.json"))).getAsJsonObject();
        Set<String> listed = new TreeSet<>();
        bill.getAsJsonArray("components").forEach(element -> {
            JsonObject component = element.getAsJsonObject();
            listed.add(component.get("name").getAsString() + "-"
                    + component.get("version").getAsString());
        });
        Set<String> shipped = new TreeSet<>();
        for (Path jar : list(release.resolve("lib"))) {
            String name = jar.getFileName().toString();
            if (name.endsWith(".jar")) {
                shipped.add(name.replaceFirst("(-linux-[a-z0-9_]+)?\\.jar$", ""));
            }
        }
        assertThat(listed).containsAll(shipped).doesNotContain("junit-jupiter");
    }

    /** Packed again, it must be the same to the byte. */
    @Test
    void timesOwnersAndModesInTheArchiveAreFixed() throws Exception {
        String listing = finished(
                folder,
                "tar",
                "--numeric-owner",
                "--full-time",
                "--utc",
                "-tvzf",
                shipped(".tar.gz").toString());
        assertThat(listing.lines())
                .allSatisfy(line ->
                        assertThat(line).matches("(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x) 0/0 .* 2026-01-01 00:00:00 .*"));
    }

    /** Of this version: an earlier build may have left others. */
    private static Path shipped(String suffix) {
        Path file = TARGET.resolve("tavern-" + System.getProperty("tavern.version") + suffix);
        assertThat(file).as("made by mvn package -pl dist -am").exists();
        return file;
    }

    private static List<Path> list(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.sorted().toList();
        }
    }

    private static URI console(Path log) throws IOException {
        Matcher matcher = CONSOLE.matcher(Files.readString(log));
        assertThat(matcher.find()).as(Files.readString(log)).isTrue();
        return URI.create(matcher.group(1));
    }

    private static HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString(UTF_8));
    }

    private Process start(Path log, String... command) throws IOException {
        List<String> line = new ArrayList<>(List.of(command));
        line.set(0, release.resolve(command[0]).toString());
        ProcessBuilder builder = new ProcessBuilder(container == null ? line : container.command(line))
                .directory(release.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().clear();
        if (container == null) {
            builder.environment().put("PATH", tools().toString());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        } else {
            builder.environment().put("PATH", "/usr/bin:/bin");
            builder.environment().put("JAVA_HOME", "/opt/java");
        }
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /** The programs that every system with bash and coreutils has, as far as they are used; there is no other one. */
    private Path tools() throws IOException {
        Path tools = folder.resolve("tools");
        if (Files.notExists(tools)) {
            Files.createDirectory(tools);
            for (String tool : TOOLS) {
                Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
            }
        }
        return tools;
    }

    private Path emptyRoot() throws IOException, InterruptedException {
        Path root = folder.resolve("root");
        // With the Java that runs this test, which may be the oldest that will do; commands take the newest elsewhere.
        finished(
                folder,
                ROOT.resolve("dist/src/image/make-root").toString(),
                root.toString(),
                System.getProperty("java.home"));
        List<String> programs = TOOLS.stream().map(tool -> "/usr/bin/" + tool).toList();
        List<String> ldd = new ArrayList<>(List.of("ldd"));
        ldd.addAll(programs);
        Set<String> files = new TreeSet<>(programs);
        Matcher library = LIBRARY.matcher(finished(folder, ldd.toArray(String[]::new)));
        while (library.find()) {
            files.add(library.group(1));
        }
        for (String file : files) {
            Path copy = root.resolve(file.substring(1));
            Files.createDirectories(copy.getParent());
            if (Files.notExists(copy)) {
                Files.copy(Path.of(file), copy, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return root;
    }

    /** Runs a command to its end, which must be a success, and returns what it printed. */
    private String finished(Path in, String... command) throws IOException, InterruptedException {
        Path log = Files.createTempFile(folder, "command", ".log");
        Process process;
        if (in.equals(release)) {
            process = start(log, command);
        } else {
            process = new ProcessBuilder(command)
                    .directory(in.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            started.add(process);
        }
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(Arrays.toString(command))
                .isTrue();
        String output = Files.readString(log);
        assertThat(process.exitValue())
                .as(Arrays.toString(command) + ": " + output)
                .isZero();
        return output;
    }
}
