package tavern.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.it.Browser;
import tavern.server.services.FreePort;

/**
 * The guide's way from nothing to a game, by its own commands, in a folder of the test's own. Maven finds the build's artifacts in a
 * repository of the test's own too, and everything else in the one that the build uses.
 */
@Timeout(600)
class TutorialIT {
    private static final Path ROOT = Path.of(System.getProperty("tavern.root"));
    private static final Pattern BLOCKS = Pattern.compile("^```(\\w*)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final int MINUTES_MAX = 8;

    @TempDir
    Path folder;

    private final int opsPort = FreePort.find();

    @Test
    void whoeverFollowsTheGuideHasAGameThatBotsPlay() throws Exception {
        String guide = Files.readString(ROOT.resolve("docs/GAMES.md"));
        String tutorial =
                guide.substring(guide.indexOf("## From nothing to a game"), guide.indexOf("## What happens when"));
        List<List<String>> steps = BLOCKS.matcher(tutorial)
                .results()
                .filter(block -> block.group(1).isEmpty())
                .map(block -> block.group(2))
                .filter(block -> block.contains("bin/"))
                .map(TutorialIT::lines)
                .toList();
        assertThat(steps).hasSize(5);
        prepareRepository();
        Files.createSymbolicLink(folder.resolve("bin"), ROOT.resolve("bin"));

        run(lines(steps.get(0)));
        List<String> serve = steps.get(1);
        String server = serve.get(2);
        assertThat(server).startsWith("bin/server -D");
        run(lines(serve.subList(1, 2))); // in the folder where the first step began
        Process running =
                start(server + " -Dnet.port=0 -Dops.port=" + opsPort + " -Dstore.path=data --ready-file ready");
        try {
            await("the server")
                    .atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> {
                        assertThat(running.isAlive()).as("see %s", output()).isTrue();
                        return Files.exists(folder.resolve("ready"));
                    });
            assertThat(run(forOperators(serve.get(3)))).containsPattern("cards\\.jar +0\\.1\\.0 ");
            String bots = lines(steps.get(2)) + " --duration 2s --server "
                    + Files.readString(folder.resolve("ready")).strip();
            assertThat(run(bots)).contains("PASSED");

            playInABrowser(steps.get(3).get(0));

            change(tutorial);
            List<String> again = steps.get(4);
            run(lines(again.subList(0, 2)));
            assertThat(run(forOperators(again.get(2)))).contains("loaded cards.jar");
            assertThat(run(bots)).contains("PASSED");
        } finally {
            running.destroy();
            assertThat(running.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void playInABrowser(String command) throws Exception {
        assumeThat(Browser.CHROMIUM).as("apt-get install chromium").isExecutable();
        String server = Files.readString(folder.resolve("ready")).strip();
        try (PlayServer page = PlayServer.start(bash("exec " + command + " --server " + server));
                Browser ann = Browser.open(folder.resolve("ann"));
                Browser ben = Browser.open(folder.resolve("ben"))) {
            for (Browser player : List.of(ann, ben)) {
                player.go(page.address());
                player.until("document.getElementById('table')?.value === 'table-1'");
                player.see("document.getElementById('door').requestSubmit()");
                player.until("!document.getElementById('game').hidden");
            }
            for (Browser player : List.of(ann, ben)) {
                player.until("document.getElementById('gold').textContent === 'You have 1000 gold.'");
                player.see("document.getElementById('draw').click()");
            }
            for (Browser player : List.of(ann, ben)) {
                player.until("/wins 20 gold with \\w+/.test(document.getElementById('log').textContent)");
                player.until("/You have (990|1010) gold/.test(document.getElementById('gold').textContent)");
                assertThat(player.problems()).isEmpty();
            }
        }
    }

    private static List<String> lines(String block) {
        return block.lines()
                .map(line -> line.replaceAll("\\s+# .*", "").strip())
                .toList();
    }

    private static String lines(List<String> commands) {
        return String.join("\n", commands);
    }

    private String forOperators(String command) {
        return command + " --ops=http://127.0.0.1:" + opsPort + " --token-file=data/ops-tokens";
    }

    /** As the guide says it: a field for the state, and what is returned at the end of a round. */
    private void change(String tutorial) throws IOException {
        Matcher said = Pattern.compile(
                        "Add `(int32 [^`]+)` to `State`, and return\\s+`(State[^`]+)` at the end of a round")
                .matcher(tutorial);
        assertThat(said.find()).isTrue();
        replace("cards/src/main/proto/game.proto", "  int64 pot = 2;\n", "  int64 pot = 2;\n  " + said.group(1) + "\n");
        replace(
                "cards/src/main/java/cardsgame/CardsGame.java",
                "turn.stop(ROUND_ENDS);\n        return State.getDefaultInstance();",
                "turn.stop(ROUND_ENDS);\n        return " + said.group(2) + ";");
    }

    private void replace(String file, String from, String to) throws IOException {
        String text = Files.readString(folder.resolve(file));
        assertThat(text).contains(from);
        Files.writeString(folder.resolve(file), text.replaceFirst(Pattern.quote(from), Matcher.quoteReplacement(to)));
    }

    /** Everything of the build's repository by links, and what this build has made instead of what may be installed there. */
    private void prepareRepository() throws IOException {
        // …/org/junit/jupiter/junit-jupiter-api/VERSION/FILE
        Path used = Path.of(
                Test.class.getProtectionDomain().getCodeSource().getLocation().getPath());
        for (int i = 0; i < 6; i++) {
            used = Objects.requireNonNull(used.getParent());
        }
        Path own = folder.resolve("home/.m2/repository");
        Files.createDirectories(own);
        try (Stream<Path> groups = Files.list(used)) {
            for (Path group : groups.toList()) {
                if (!group.endsWith("tavern")) {
                    Files.createSymbolicLink(own.resolve(group.getFileName()), group);
                }
            }
        }
        Path settings = Path.of(System.getProperty("user.home"), ".m2/settings.xml");
        if (Files.exists(settings)) {
            Files.createSymbolicLink(folder.resolve("home/.m2/settings.xml"), settings);
        }
        install(own, "tavern", "", "");
        for (Map.Entry<String, String> each : Map.of(
                        "protocol", "tavern-protocol",
                        "game-api", "tavern-game",
                        "game-engine", "tavern-engine",
                        "testkit", "tavern-testkit",
                        "client", "tavern-client")
                .entrySet()) {
            install(own, each.getValue(), each.getKey(), each.getKey() + "/target");
        }
    }

    private static void install(Path repository, String artifact, String module, String jars) throws IOException {
        String version = version();
        Path to = repository.resolve("tavern").resolve(artifact).resolve(version);
        Files.createDirectories(to);
        Files.copy(ROOT.resolve(module).resolve("pom.xml"), to.resolve(artifact + "-" + version + ".pom"));
        if (!jars.isEmpty()) {
            try (Stream<Path> built = Files.list(ROOT.resolve(jars))) {
                Path jar = built.filter(
                                file -> file.getFileName().toString().matches(artifact + "(-" + version + ")?\\.jar"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no jar of " + artifact + "; mvn verify builds it"));
                Files.copy(jar, to.resolve(artifact + "-" + version + ".jar"));
            }
        }
    }

    private static String version() throws IOException {
        Matcher version =
                Pattern.compile("<version>(.*?)</version>").matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }

    private Process start(String commands) throws IOException {
        return bash("exec " + commands)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()))
                .start();
    }

    private Path output() {
        return folder.resolve("output");
    }

    /** Runs commands as somebody types them, in the folder. Returns what they have printed. */
    private String run(String commands) throws IOException, InterruptedException {
        Path printed = folder.resolve("printed");
        Process process = bash(commands)
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            assertThat(process.waitFor(MINUTES_MAX, TimeUnit.MINUTES))
                    .as(commands)
                    .isTrue();
        } finally {
            process.destroy();
        }
        String text = Files.readString(printed);
        assertThat(process.exitValue()).as("%s%n%s", commands, text).isZero();
        return text;
    }

    private ProcessBuilder bash(String commands) {
        ProcessBuilder bash = new ProcessBuilder("bash", "-e", "-c", commands).directory(folder.toFile());
        Path home = folder.resolve("home");
        Map<String, String> environment = bash.environment();
        environment.put("HOME", home.toString());
        environment.put("MAVEN_OPTS", "-Duser.home=" + home + " -Dmaven.repo.local=" + home.resolve(".m2/repository"));
        // The build that this test belongs to has made the jars.
        environment.put("TAVERN_BUILD", "never");
        environment.keySet().removeIf(key -> key.startsWith("MAVEN_CMD_LINE") || key.equals("MAVEN_ARGS"));
        return bash;
    }
}
