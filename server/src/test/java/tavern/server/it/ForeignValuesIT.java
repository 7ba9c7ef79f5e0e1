package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.XAddArgs;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;

/**
 * Somebody else has written under our keys while the server ran: who needs such a key is told so, the log names it,
 * nothing is overwritten, and everybody else plays on.
 */
@Timeout(120)
class ForeignValuesIT {
    private static final String POEM = "a poem, by somebody else";

    @TempDir
    static Path processes;

    private static Services services;

    @TempDir
    Path folder;

    private Logs logs;
    private TestServer server;
    private RawClient ben;
    private RawClient carl;

    @BeforeAll
    static void startServices() throws Exception {
        services = Services.start(processes);
    }

    @AfterAll
    static void stopServices() throws Exception {
        services.close();
    }

    /** Anna exists, but no longer in the memory of the server. */
    @BeforeEach
    void start() throws Exception {
        services.clear();
        try (TestServer earlier = TestServer.start(folder, services.directSettings())) {
            earlier.client("anna").close();
        }
        logs = new Logs();
        server = TestServer.start(folder, services.directSettings());
        ben = server.client("ben", "hall");
        carl = server.client("carl", "hall");
    }

    /** Whatever it was, others trade on, and are published. */
    @AfterEach
    void othersPlayOn() throws Exception {
        commit();
        assertThat(services.published().messages()).isEqualTo(1);
        ben.close();
        carl.close();
        server.close();
        logs.close();
    }

    private void commit() throws Exception {
        UUID id = UUID.randomUUID();
        assertThat(ben.answerTo(ben.offer(id, "carl", RawClient.gold(1), RawClient.gold(2)))
                        .hasTradeOpened())
                .isTrue();
        carl.expect(ServerMessage::hasTradeOffered);
        assertThat(carl.answerTo(carl.accept(id, "ben")).getTradeResult().getOutcome())
                .isEqualTo(TradeOutcome.COMMITTED);
    }

    @Test
    void aPlayerThatIsText() throws Exception {
        replace("{main}:player:1");
        assertThat(login("anna")).isEqualTo(ErrorCode.INTERNAL);
        assertUntouched("{main}:player:1");
    }

    @Test
    void aPlayerWithAFieldThatIsNotOurs() throws Exception {
        services.asked(redis -> redis.hset("{main}:player:1", "s:gold", POEM));
        assertThat(login("anna")).isEqualTo(ErrorCode.INTERNAL);
        assertThat(logs.contain("{main}:player:1")).isTrue();
        assertThat(services.<String>asked(redis -> redis.hget("{main}:player:1", "s:gold")))
                .isEqualTo(POEM);
    }

    @Test
    void aTradeThatIsText() throws Exception {
        UUID id = UUID.randomUUID();
        services.asked(redis -> redis.hset("{main}:trades:2", id.toString(), POEM));
        ErrorCode told = ben.errorTo(ben.offer(id, "carl", RawClient.gold(1), RawClient.gold(2)));
        assertThat(told).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(logs.contain("{main}:trades:2")).isTrue();
        assertThat(services.<String>asked(redis -> redis.hget("{main}:trades:2", id.toString())))
                .isEqualTo(POEM);
    }

    @Test
    void tradesThatAreText() throws Exception {
        services.asked(redis -> redis.set("{main}:trades:3", POEM));
        UUID id = UUID.randomUUID();
        ErrorCode told = carl.errorTo(carl.offer(id, "ben", RawClient.gold(1), RawClient.gold(2)));
        assertThat(told).isEqualTo(ErrorCode.UNAVAILABLE);
        assertUntouched("{main}:trades:3");
    }

    /** It is passed over and stays; trades are published as before. */
    @Test
    void anOutboxEntryThatIsNotOurs() throws Exception {
        String entry = "0-1";
        services.asked(redis -> redis.xadd("{main}:outbox", new XAddArgs().id(entry), Map.of("text", POEM)));
        commit();
        await("the log names the key").until(() -> logs.contain("{main}:outbox: entry " + entry));
        await("the trade to be published").until(() -> services.outboxRows() == 1);
        services.asked(redis -> redis.xdel("{main}:outbox", entry));
        assertThat(services.published().messages()).isEqualTo(1);
    }

    private void replace(String key) throws Exception {
        services.asked(redis -> {
            redis.del(key);
            return redis.set(key, POEM);
        });
    }

    private void assertUntouched(String key) throws Exception {
        assertThat(logs.contain(key)).as("the log names the key").isTrue();
        assertThat(services.<String>asked(redis -> redis.get(key))).isEqualTo(POEM);
    }

    private ErrorCode login(String player) throws Exception {
        try (RawClient client = new RawClient(server.address())) {
            return client.errorTo(client.send(Say.hello(player)));
        }
    }
}
