package tavern.sim.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Redis and RabbitMQ in a folder of their own, by {@code bin/services}. */
public final class OwnServices implements AutoCloseable {
    private static final int COMMAND_SECONDS_MAX = 400;

    private final Path script;
    private final Path folder;

    private OwnServices(Path root, Path folder) {
        this.script = root.resolve("bin/services");
        this.folder = folder;
    }

    /**
     * Starts both, and returns when they answer.
     *
     * @param root where {@code bin} is
     */
    public static OwnServices start(Path root, Path folder) throws IOException, InterruptedException {
        OwnServices services = new OwnServices(root, folder);
        services.run("start");
        return services;
    }

    private void run(String... verb) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(verb));
        command.addAll(List.of("--dir", folder.toString()));
        Path log = folder.resolveSibling(folder.getFileName() + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(new File("/dev/null"))
                .start();
        if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " failed; see " + log);
        }
    }

    public String redisUri() throws IOException {
        return "redis://127.0.0.1:" + redisPort();
    }

    public int redisPort() throws IOException {
        return port("redis_port");
    }

    public int amqpPort() throws IOException {
        return port("amqp_port");
    }

    /** The queues' address by way of this port. */
    public static String amqpUri(int port) {
        return "amqp://guest:guest@127.0.0.1:" + port + "/%2f";
    }

    private int port(String name) throws IOException {
        Map<String, String> ports = new HashMap<>();
        for (String line : Files.readAllLines(folder.resolve("ports"))) {
            String[] words = line.split("=", 2);
            ports.put(words[0], words[1]);
        }
        return Integer.parseInt(ports.getOrDefault(name, "0"));
    }

    /**
     * SIGKILL to one of the two.
     *
     * @param name redis or rabbitmq
     */
    public void kill(String name) throws IOException {
        long pid =
                Long.parseLong(Files.readString(folder.resolve(name + ".pid")).strip());
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Starts whichever does not run, on its port and data, and waits until it answers. */
    public void startAgain() throws IOException, InterruptedException {
        run("start");
    }

    /** Ends both; their data stays in the folder. */
    @Override
    public void close() throws IOException, InterruptedException {
        run("stop");
    }
}
