package tavern.sim.chaos;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tavern.sim.cluster.FreePorts;
import tavern.sim.cluster.OwnServices;

/**
 * The Redis of {@link OwnServices} and another one beside it: one is the master, and the other its replica. Confined to one
 * thread at a time.
 */
final class RedisPair implements AutoCloseable {
    private static final Duration COMMAND_MAX = Duration.ofSeconds(5);
    private static final long READY_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_MILLIS = 50;

    private final OwnServices services;
    private final Path config;
    private final Path folder;
    private final int otherPort;
    private @Nullable Process other;
    private boolean isOtherMaster;

    private RedisPair(OwnServices services, Path root, Path folder) throws IOException {
        this.services = services;
        this.otherPort = FreePorts.next();
        this.config = root.resolve("config/redis.conf");
        this.folder = folder;
    }

    /** Returns when the second Redis has all that the first one has. */
    static RedisPair start(OwnServices services, Path root, Path folder) throws IOException, InterruptedException {
        RedisPair pair = new RedisPair(services, root, Files.createDirectory(folder));
        try {
            pair.startOther();
            pair.follow(pair.otherPort, services.redisPort());
            return pair;
        } catch (IOException | InterruptedException | RuntimeException e) {
            pair.close();
            throw e;
        }
    }

    int masterPort() throws IOException {
        return isOtherMaster ? otherPort : services.redisPort();
    }

    /** SIGKILL to the master. */
    void killMaster() throws IOException, InterruptedException {
        if (isOtherMaster && other != null) {
            other.destroyForcibly().waitFor();
        } else {
            services.kill("redis");
        }
    }

    /** The replica is the master from now on. @return its port */
    int promote() throws IOException, InterruptedException {
        isOtherMaster = !isOtherMaster;
        command(masterPort(), redis -> redis.replicaofNoOne().equals("OK"));
        return masterPort();
    }

    /** Starts the one that was killed, and returns when it is a replica that has everything. */
    void revive() throws IOException, InterruptedException {
        if (isOtherMaster) {
            services.startAgain();
        } else {
            startOther();
        }
        follow(isOtherMaster ? services.redisPort() : otherPort, masterPort());
    }

    private void startOther() throws IOException {
        // A session of its own: Ctrl-C is for this command.
        other = new ProcessBuilder(
                        "setsid",
                        "redis-server",
                        config.toString(),
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        String.valueOf(otherPort),
                        "--dir",
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .redirectInput(new File("/dev/null"))
                .start();
    }

    private void follow(int replica, int master) throws IOException, InterruptedException {
        command(replica, redis -> redis.replicaof("127.0.0.1", master).equals("OK"));
        command(replica, redis -> redis.info("replication").contains("master_link_status:up"));
    }

    /** Asks until the answer is as it should be. */
    private void command(int port, Predicate<RedisCommands<String, String>> answered)
            throws IOException, InterruptedException {
        RedisClient client = RedisClient.create(RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(port)
                .withTimeout(COMMAND_MAX)
                .build());
        long began = System.nanoTime();
        try {
            while (true) {
                RedisException why = null;
                try (StatefulRedisConnection<String, String> connection = client.connect()) {
                    if (answered.test(connection.sync())) {
                        return;
                    }
                } catch (RedisException e) {
                    // It has just been started.
                    why = e;
                }
                if (System.nanoTime() - began > READY_NANOS_MAX) {
                    throw new IOException("Redis at port " + port + " is not ready; see " + folder, why);
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        } finally {
            client.shutdown(Duration.ZERO, COMMAND_MAX);
        }
    }

    @Override
    public void close() throws InterruptedException {
        if (other != null) {
            other.destroy();
            if (!other.waitFor(10, TimeUnit.SECONDS)) {
                other.destroyForcibly();
            }
        }
    }
}
