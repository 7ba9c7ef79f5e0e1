package tavern.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.TavernServer;
import tavern.server.config.ConfigLoader;
import tavern.server.services.RabbitProcess;
import tavern.server.services.RedisProcess;

/** The bots on a real server with Redis and RabbitMQ; what the store, the queue and the players say is compared. */
@Timeout(120)
class BotsOnRedisIT {
    @TempDir
    static Path services;

    private static RedisProcess redis;
    private static RabbitProcess rabbit;

    private final BotsRun bots = new BotsRun();

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws Exception {
        redis = RedisProcess.start(services.resolve("redis"));
        rabbit = RabbitProcess.start(services.resolve("rabbit"));
    }

    @AfterAll
    static void stop() throws Exception {
        redis.close();
        rabbit.close();
    }

    @Test
    void storeQueueAndPlayersAgree() throws Exception {
        Path report = folder.resolve("report.json");
        String vhost = rabbit.newVhost();
        try (TavernServer server = server("busy", vhost)) {
            rabbit.awaitLedgerQueue(vhost);
            int exit = bots.on(
                    server.address().getPort(),
                    "--bots=20",
                    "--rooms=2",
                    "--duration=4s",
                    "--trade-rate=2",
                    "--store=" + redis.uri(),
                    "--realm=busy",
                    "--verify-feed=" + RabbitProcess.uri(rabbit.port(), vhost),
                    "--report=" + report);
            assertThat(exit).as(bots.output()).isZero();
        }
        JsonObject audit = BotsRun.report(report).getAsJsonObject("audit");
        assertThat(audit.get("published").getAsLong()).isGreaterThan(20);
        assertThat(audit.get("inStore")).isEqualTo(audit.get("acknowledged"));
    }

    @Test
    void goldThatSomebodyAddsBehindTheServersBackFailsTheRun() throws Exception {
        try (TavernServer server = server("forged", rabbit.newVhost())) {
            forge(server);
        }
        assertThat(bots.output()).contains("player 1 has 5 more of gold than the ledger says");
    }

    private void forge(TavernServer server) {
        String[] arguments = {"--bots=4", "--rooms=1", "--duration=1s", "--store=" + redis.uri(), "--realm=forged"};
        assertThat(bots.on(server.address().getPort(), arguments))
                .as(bots.output())
                .isZero();
        RedisClient client = RedisClient.create(redis.uri());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().hincrby("{forged}:player:1", "s:gold", 5);
        } finally {
            client.shutdown();
        }
        assertThat(bots.on(server.address().getPort(), arguments))
                .as(bots.output())
                .isEqualTo(1);
    }

    private TavernServer server(String realm, String vhost) throws Exception {
        Map<String, String> properties = Map.of(
                "ops.enabled",
                "false",
                "net.port",
                "0",
                "realm",
                realm,
                "store.kind",
                "redis",
                "store.redis.uri",
                redis.uri(),
                "feed.kind",
                "rabbitmq",
                "feed.rabbitmq.uri",
                RabbitProcess.uri(rabbit.port(), vhost),
                "feed.rabbitmq.ledger-queue",
                "true");
        return TavernServer.start(ConfigLoader.load(null, Map.of(), properties).config());
    }
}
