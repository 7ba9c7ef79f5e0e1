package tavern.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** A private Redis and a private RabbitMQ, by {@code bin/services}; gone with all their data once closed. */
public final class Services implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 300;

    private final Path launcher;
    private final Path folder;
    private final Properties environment;

    private Services(Path launcher, Path folder, Properties environment) {
        this.launcher = launcher;
        this.folder = folder;
        this.environment = environment;
    }

    /** Blocks until both answer. @param folder that does not exist yet */
    public static Services start(Path root, Path folder) throws IOException, InterruptedException {
        Services services = new Services(root.resolve("bin/services"), folder, new Properties());
        try {
            services.call("start");
            try (var lines = Files.newBufferedReader(folder.resolve("services.env"))) {
                services.environment.load(lines);
            }
            return services;
        } catch (IOException | InterruptedException | RuntimeException e) {
            services.close();
            throw e;
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

    /** Runs to its end even when this thread was interrupted: nothing may be left behind. */
    @Override
    public void close() throws IOException {
        if (!Files.exists(folder.resolve("ports"))) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            call("stop", "--purge");
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void call(String... verb) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(verb));
        command.addAll(List.of("--dir", folder.toString()));
        Path said = Files.createTempFile("tavern-services", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("bin/services " + verb[0] + " takes longer than " + PATIENCE_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException("bin/services " + verb[0] + " failed: "
                        + Files.readString(said, StandardCharsets.UTF_8).strip());
            }
        } finally {
            Files.delete(said);
        }
    }
}
