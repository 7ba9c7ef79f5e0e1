package tavern.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A private Redis and a private RabbitMQ, started by {@code bin/services}; closing stops them and deletes their data.
 */
public final class BenchServices implements ClosedTogether.Part {
    private static final int TIMEOUT_SECONDS = 300;

    private final Path launcher;
    private final Path folder;
    private final Properties environment = new Properties();
    private final Call starting;
    private @Nullable Call stopping;

    private BenchServices(Path launcher, Path folder) throws IOException {
        this.launcher = launcher;
        this.folder = folder;
        this.starting = call("start");
    }

    /** Starts both in the background and returns at once. @param folder must not exist yet */
    public static BenchServices begin(Path root, Path folder) throws IOException {
        return new BenchServices(root.resolve("bin/services"), folder);
    }

    /** Blocks until both services answer. */
    @Override
    public void awaitReady() throws IOException, InterruptedException {
        starting.await();
        try (var lines = Files.newBufferedReader(folder.resolve("services.env"))) {
            environment.load(lines);
        }
    }

    public String redisUri() {
        return environment.getProperty("TAVERN_STORE_REDIS_URI");
    }

    public String rabbitUri() {
        return environment.getProperty("TAVERN_FEED_RABBITMQ_URI");
    }

    public long redisPid() throws IOException {
        return pid("redis.pid");
    }

    public long rabbitPid() throws IOException {
        return pid("rabbitmq.pid");
    }

    private long pid(String file) throws IOException {
        return Long.parseLong(Files.readString(folder.resolve(file)).strip());
    }

    /** Stops the services in the background; does nothing while they are still starting. */
    @Override
    public void end() {
        if (stopping == null && starting.hasEnded() && Files.exists(folder.resolve("ports"))) {
            try {
                stopping = call("stop", "--purge");
            } catch (IOException e) {
                // close() tries again and reports the error.
            }
        }
    }

    /** Completes even if this thread was interrupted, so that no service is left running. */
    @Override
    public void close() throws IOException, InterruptedException {
        boolean interrupted = Thread.interrupted();
        try {
            try {
                starting.awaitEnd();
            } finally {
                if (stopping == null && Files.exists(folder.resolve("ports"))) {
                    stopping = call("stop", "--purge");
                }
            }
            if (stopping != null) {
                stopping.await();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Call call(String... verb) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(verb));
        command.addAll(List.of("--dir", folder.toString()));
        Path output = Files.createTempFile("tavern-services", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new Call(verb[0], process, output);
    }

    /** A running call of the launcher. */
    private record Call(String verb, Process process, Path output) {
        boolean hasEnded() {
            return !process.isAlive();
        }

        /** Waits until the launcher has ended, whatever its exit code. */
        void awaitEnd() throws IOException, InterruptedException {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("bin/services " + verb + " took longer than " + TIMEOUT_SECONDS + " s");
            }
        }

        /** @throws IOException with the launcher's output, if it failed */
        void await() throws IOException, InterruptedException {
            try {
                awaitEnd();
                if (process.exitValue() != 0) {
                    throw new IOException("bin/services " + verb + " failed: "
                            + Files.readString(output, StandardCharsets.UTF_8).strip());
                }
            } finally {
                Files.deleteIfExists(output);
            }
        }
    }
}
