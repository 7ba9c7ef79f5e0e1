package tavern.sim.cluster;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One server of a realm. After each of its ends it can be started again, with the same id and settings. Used by one thread. */
public final class ServerNode implements AutoCloseable {
    /** A machine on which other programs run may be this slow. */
    private static final int START_SECONDS_MAX = 300;

    private static final int STOP_SECONDS_MAX = 45;
    private static final int POLL_MILLIS = 20;

    private final String id;
    private final Path folder;
    private final List<String> command;
    private final Map<String, String> settings;
    private final Map<String, String> environment;
    private @Nullable Process process;

    /**
     * @param folder for its data and its log; made if it is not there
     * @param command what starts a server; more arguments follow
     * @param settings of the configuration, besides those that each server of a realm has of its own
     * @param environment variables of the process, besides this process' own
     */
    public ServerNode(
            String id,
            Path folder,
            List<String> command,
            Map<String, String> settings,
            Map<String, String> environment) {
        this.id = id;
        this.folder = folder;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        Map<String, String> all = new TreeMap<>(settings);
        all.put("node.id", id);
        all.put("cluster.enabled", "true");
        all.put("store.path", folder.toString());
        all.putIfAbsent("net.port", "0");
        all.putIfAbsent("ops.port", "0");
        this.settings = all;
    }

    public String id() {
        return id;
    }

    public Path log() {
        return folder.resolve("server.log");
    }

    private Path readyFile() {
        return folder.resolve("ready");
    }

    /** Starts it and returns at once. */
    public void start() throws IOException {
        if (isAlive()) {
            throw new IllegalStateException(id + " runs already");
        }
        Files.createDirectories(folder);
        Files.deleteIfExists(readyFile());
        List<String> words = new ArrayList<>(command);
        words.add("--ready-file");
        words.add(readyFile().toString());
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .redirectInput(new File("/dev/null"));
        settings.forEach((key, value) -> builder.environment().put(variable(key), value));
        builder.environment().putAll(environment);
        process = builder.start();
    }

    /** How a setting is called in the environment. */
    private static String variable(String key) {
        return "TAVERN_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** Waits until players can connect. @throws IOException when it ends instead, or is not ready in time */
    public void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        while (!isReady()) {
            if (!isAlive()) {
                throw new IOException(id + " did not start; all of its output is in " + log());
            }
            if (deadline - System.nanoTime() <= 0) {
                throw new IOException(id + " was not ready within " + START_SECONDS_MAX + " s; see " + log());
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    public boolean isReady() {
        return isAlive() && Files.exists(readyFile());
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Where it listens for players, of its present start. Call once it is ready. */
    public InetSocketAddress address() throws IOException {
        String text = Files.readString(readyFile()).strip();
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    public long pid() {
        return running().pid();
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException(id + " was never started");
        }
        return process;
    }

    /** SIGKILL; returns when it is gone. */
    public void kill() throws InterruptedException {
        running().destroyForcibly().waitFor();
    }

    /** SIGSTOP: none of its threads runs until {@link #goOn}. */
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    public void goOn() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** SIGTERM; returns when it has ended. @return whether it ended in time, and well; otherwise it is killed */
    public boolean stop() throws InterruptedException {
        Process ending = running();
        ending.destroy();
        if (!ending.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
            kill();
            return false;
        }
        // A JVM that SIGTERM ends says 143.
        return ending.exitValue() == 0 || ending.exitValue() == 143;
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        if (isAlive()) {
            kill();
        }
    }
}
