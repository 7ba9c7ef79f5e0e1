package tavern.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server in a process of its own, with the same memory and flags as {@code bin/server} gives it. */
public final class ServerChild implements AutoCloseable {
    private static final int START_SECONDS_MAX = 30;
    private static final int STOP_SECONDS_MAX = 40;
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

    private final Process process;
    private final Path ready;
    private final Path log;
    private final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
    private boolean isReady;

    private ServerChild(Process process, Path ready, Path log) {
        this.process = process;
        this.ready = ready;
        this.log = log;
    }

    /**
     * Starts Tavern on any cores. Blocks until players can connect.
     *
     * @param folder the folder for its log
     * @param settings those that differ from the defaults; the server listens on any free port
     */
    public static ServerChild start(Path folder, Map<String, String> settings, Stop stop)
            throws IOException, InterruptedException {
        Map<String, String> all = new TreeMap<>(settings);
        all.put("net.port", "0");
        all.put("ops.port", "0");
        ServerChild server = launch(folder, "tavern.server.Main", all, List.of());
        try {
            server.awaitReady(stop);
            return server;
        } catch (IOException | InterruptedException | RuntimeException e) {
            server.kill();
            throw e;
        }
    }

    /** Does the same as {@link #launch(Path, String, Map, List, String)}, with this process's own classes. */
    public static ServerChild launch(
            Path folder, String mainClass, Map<String, String> properties, List<String> options) throws IOException {
        return launch(folder, mainClass, properties, options, System.getProperty("java.class.path"));
    }

    /**
     * Starts any program that takes {@code --ready-file} as Tavern does. Returns at once, so that several can start
     * together.
     *
     * @param properties system properties of the JVM
     * @param options JVM options in addition to those of this process
     */
    public static ServerChild launch(
            Path folder, String mainClass, Map<String, String> properties, List<String> options, String classPath)
            throws IOException {
        Path ready = folder.resolve("ready");
        Path log = folder.resolve("server.log");
        List<String> command = new ArrayList<>(List.of(Jvm.executable()));
        command.addAll(Jvm.flags());
        command.addAll(options);
        properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-cp", classPath, mainClass));
        command.addAll(List.of("--ready-file", ready.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new ServerChild(process, ready, log);
    }

    /** Blocks until players can connect. */
    public void awaitReady(Stop stop) throws IOException, InterruptedException {
        while (!Files.exists(ready)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("the server did not start: " + logText());
            }
            stop.pass(POLL_INTERVAL);
        }
        isReady = true;
    }

    public InetSocketAddress address() throws IOException {
        String text = Files.readString(ready).strip();
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    public long pid() {
        return process.pid();
    }

    private String logText() throws IOException {
        return Files.readString(log, StandardCharsets.UTF_8).strip();
    }

    /** The first line of its log with this text; empty for none. */
    public String logLine(String text) throws IOException {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.contains(text)).findFirst().orElse("");
        }
    }

    /** Kills the process; returns when it has ended. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Sends SIGTERM if the server has been ready; returns at once. */
    public void end() {
        if (isReady) {
            process.destroy();
        }
    }

    /** Sends SIGTERM and waits; kills a server that was never ready. @throws IOException if it did not stop cleanly */
    @Override
    public void close() throws IOException, InterruptedException {
        if (!isReady) {
            kill();
            return;
        }
        end();
        if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("the server did not stop within " + STOP_SECONDS_MAX + " s: " + logText());
        }
        if (process.exitValue() != 0) {
            throw new IOException("the server exited with code " + process.exitValue() + ": " + logText());
        }
    }
}
