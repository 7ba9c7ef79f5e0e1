package tavern.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/server} as a process of its own. */
final class MainIT {
    private static final Path ROOT =
            Path.of(System.getProperty("tavern.root", "..")).toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();
    private Path ready = Path.of("");

    @BeforeEach
    void nameReadyFile() {
        ready = folder.resolve("ready");
    }

    @AfterEach
    void killWhatIsLeft() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void itTellsItsAddressAndStopsWithZeroAtSigterm() throws Exception {
        Process server = start("-Dnet.port=0", "-Dops.port=0", "--ready-file", ready.toString());
        await().atMost(PATIENCE).until(() -> Files.exists(ready) || !server.isAlive());

        int port = Integer.parseInt(Files.readString(ready).strip().replaceFirst("127\\.0\\.0\\.1:", ""));
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            assertThat(client.isConnected()).isTrue();
        }
        // SIGTERM, by the contract of destroy on Unix.
        server.destroy();
        assertThat(exitCode(server)).as(output()).isZero();
        assertThat(output()).contains("stopped");
    }

    @Test
    void aWrongConfigurationIsOneLineForEachProblem() throws Exception {
        Process server = start("-Dnet.port=99999", "-Drealm=a/b");

        assertThat(exitCode(server)).isEqualTo(2);
        assertThat(output().lines()).hasSize(2).allMatch(line -> line.contains("(command line): must be"));
    }

    @Test
    void aPortInUseIsOneLineWithTheSettingToChange() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            Process server = start("-Dops.port=0", "-Dnet.host=127.0.0.1", "-Dnet.port=" + taken.getLocalPort());

            assertThat(exitCode(server)).isEqualTo(1);
            assertThat(output().lines().filter(line -> line.startsWith("net.port = " + taken.getLocalPort())))
                    .singleElement()
                    .asString()
                    .contains("stop what uses the port");
        }
    }

    @Test
    void aFileWithLettersThatTheLocaleLacksIsMadeAllTheSame() throws Exception {
        Path config = folder.resolve("my.conf");
        Files.writeString(config, "ops.token = \"" + folder + "/k\u00f6nig\"\n");
        Process server =
                start("-Dnet.port=0", "-Dops.port=0", "--config", config.toString(), "--ready-file", ready.toString());
        await().atMost(PATIENCE).until(() -> Files.exists(ready) || !server.isAlive());
        assertThat(server.isAlive()).as(output()).isTrue();
        // Asked of the system: this Java may have another locale.
        Process find = new ProcessBuilder("find", folder.toString(), "-maxdepth", "1", "-name", "k*nig").start();
        assertThat(new String(find.getInputStream().readAllBytes(), UTF_8)).isEqualTo(folder + "/k\u00f6nig\n");
        server.destroy();
        assertThat(exitCode(server)).as(output()).isZero();
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(ROOT.resolve("bin/server").toString(), "-Dstore.path=" + folder.resolve("data")));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        // The surrounding build is at work in the same folders.
        builder.environment().put("TAVERN_BUILD", "never");
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("output"));
    }
}
