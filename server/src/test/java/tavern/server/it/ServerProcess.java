package tavern.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A server in a process of its own, which can be killed. Its stderr goes to a file beside its data; a file {@code my.conf}
 * there is its configuration.
 */
public final class ServerProcess implements AutoCloseable {
    private static final int START_SECONDS_MAX = 60;

    private final Process process;
    private final Path readyFile;
    private final Path complaints;

    private ServerProcess(Process process, Path readyFile, Path complaints) {
        this.process = process;
        this.readyFile = readyFile;
        this.complaints = complaints;
    }

    /** Starts on the folder's data and waits until players can connect. @param settings {@code key=value} */
    public static ServerProcess start(Path folder, String... settings) throws IOException {
        return awaitReady(launch(folder, settings));
    }

    private static ServerProcess awaitReady(ServerProcess server) throws IOException {
        Awaitility.await("the server to be ready")
                .atMost(START_SECONDS_MAX, TimeUnit.SECONDS)
                .pollInterval(10, TimeUnit.MILLISECONDS)
                .until(() -> Files.exists(server.readyFile) || !server.process.isAlive());
        if (!Files.exists(server.readyFile)) {
            throw new IOException("the server did not start: " + server.complaints());
        }
        return server;
    }

    /** Starts without waiting, for servers that are expected to refuse to start. */
    static ServerProcess launch(Path folder, String... settings) throws IOException {
        return launch(folder, Map.of(), settings);
    }

    /** Starts without waiting, with more variables in its environment. */
    static ServerProcess launch(Path folder, Map<String, String> environment, String... settings) throws IOException {
        return launch(folder, List.of(), environment, settings);
    }

    /** Starts with as many descriptors as given, and waits until players can connect. */
    static ServerProcess startWithDescriptors(int descriptors, Path folder, String... settings) throws IOException {
        String limited = "ulimit -n " + descriptors + "; exec \"$@\"";
        return startBy(List.of("bash", "-c", limited, "bash"), folder, settings);
    }

    /** Starts by way of another program, which becomes the server, and waits until players can connect. */
    static ServerProcess startBy(List<String> launcher, Path folder, String... settings) throws IOException {
        return awaitReady(launch(folder, launcher, Map.of(), settings));
    }

    private static ServerProcess launch(
            Path folder, List<String> launcher, Map<String, String> environment, String... settings)
            throws IOException {
        Files.createDirectories(folder);
        Path readyFile = folder.resolve("ready");
        Path complaints = folder.resolve("stderr");
        Files.deleteIfExists(readyFile);
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx192m",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dnet.port=0",
                "-Dops.enabled=false",
                // As many as the tests need: with more, a machine with few descriptors would log a warning.
                "-Dlimits.connections-max=2000",
                "-Dstore.path=" + folder));
        for (String setting : settings) {
            // Options of Java are passed as they are; the last one of a kind wins.
            command.add(setting.startsWith("-X") ? setting : "-D" + setting);
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "tavern.server.Main",
                "--ready-file",
                readyFile.toString()));
        Path config = folder.resolve("my.conf");
        if (Files.exists(config)) {
            command.addAll(List.of("--config", config.toString()));
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(complaints.toFile());
        builder.environment().put("TAVERN_LOG_LEVEL", "warn");
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start(), readyFile, complaints);
    }

    public InetSocketAddress address() throws IOException {
        String text = Files.readString(readyFile).strip();
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGSTOP: no thread of it runs until it is thawed. */
    void freeze() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** SIGCONT. */
    void thaw() throws IOException, InterruptedException {
        signal("-CONT");
    }

    /** SIGHUP. */
    void hangUp() throws IOException, InterruptedException {
        signal("-HUP");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(pid()))
                .inheritIO()
                .start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill " + signal + " " + pid() + " failed");
        }
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Waits until the process ends. @throws IOException when it does not end in time */
    int exitCode(int secondsMax) throws IOException, InterruptedException {
        if (!process.waitFor(secondsMax, TimeUnit.SECONDS)) {
            throw new IOException("the server still runs after " + secondsMax + " s: " + complaints());
        }
        return process.exitValue();
    }

    /** What it has written to stderr. */
    String complaints() throws IOException {
        return Files.readString(complaints, UTF_8);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
