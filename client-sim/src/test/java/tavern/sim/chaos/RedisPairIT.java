package tavern.sim.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.sim.cluster.OwnServices;

/** Two Redis servers that take each other's place. */
@Timeout(300)
class RedisPairIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    @Test
    void whatTheReplicaHasIsKeptInEachFailOver() throws Exception {
        try (OwnServices services = OwnServices.start(ROOT, folder.resolve("services"));
                RedisPair pair = RedisPair.start(services, ROOT, folder.resolve("redis"))) {
            for (String turn : new String[] {"there", "and back"}) {
                int before = pair.masterPort();
                assertThat(ask(before, redis -> {
                            redis.set(turn, "kept");
                            return String.valueOf(redis.waitForReplication(1, 10_000));
                        }))
                        .as("replicas that have it")
                        .isEqualTo("1");
                pair.killMaster();
                assertThat(pair.promote()).isEqualTo(pair.masterPort()).isNotEqualTo(before);
                assertThat(ask(pair.masterPort(), redis -> redis.get(turn))).isEqualTo("kept");
                pair.revive();
                assertThat(ask(before, redis -> redis.get(turn))).isEqualTo("kept");
                assertThat(ask(before, redis -> redis.info("replication"))).contains("role:slave");
            }
        }
    }

    private static String ask(int port, Function<RedisCommands<String, String>, String> question) {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            return question.apply(connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
    }
}
