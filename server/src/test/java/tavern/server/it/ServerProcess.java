package tavern.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A server in a process of its own, to be killed. What it says to its operator goes to a file beside its data. */
final class ServerProcess implements AutoCloseable {
    private static final int START_SECONDS_MAX = 30;

    private final Process process;
    private final Path readyFile;
    private final Path complaints;

    private ServerProcess(Process process, Path readyFile, Path complaints) {
        this.process = process;
        this.readyFile = readyFile;
        this.complaints = complaints;
    }

    /** Starts on the folder's data and waits until players can connect. @param settings {@code key=value} */
    static ServerProcess start(Path folder, String... settings) throws IOException {
        ServerProcess server = launch(folder, settings);
        Awaitility.await("the server to be ready")
                .atMost(START_SECONDS_MAX, TimeUnit.SECONDS)
                .pollInterval(10, TimeUnit.MILLISECONDS)
                .until(() -> Files.exists(server.readyFile) || !server.process.isAlive());
        if (!Files.exists(server.readyFile)) {
            throw new IOException("the server did not start: " + server.complaints());
        }
        return server;
    }

    /** Starts, and does not wait: for servers that are expected to refuse. */
    static ServerProcess launch(Path folder, String... settings) throws IOException {
        Files.createDirectories(folder);
        Path readyFile = folder.resolve("ready");
        Path complaints = folder.resolve("stderr");
        Files.deleteIfExists(readyFile);
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx192m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dnet.port=0",
                "-Dops.enabled=false",
                "-Dstore.path=" + folder));
        for (String setting : settings) {
            command.add("-D" + setting);
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "tavern.server.Main",
                "--ready-file",
                readyFile.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(complaints.toFile());
        builder.environment().put("TAVERN_LOG_LEVEL", "warn");
        return new ServerProcess(builder.start(), readyFile, complaints);
    }

    InetSocketAddress address() throws IOException {
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
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGSTOP: not a thread of it moves until it is thawed. */
    void freeze() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** SIGCONT. */
    void thaw() throws IOException, InterruptedException {
        signal("-CONT");
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

    /** Waits for the end. @throws IOException when it has not come in time */
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
