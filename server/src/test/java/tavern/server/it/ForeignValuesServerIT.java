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
import tavern.server.store.TransactionDraft;

/**
 * Another program has written under our keys while the server ran: whoever needs such a key is told so, the log names
 * the key, nothing is overwritten, and everybody else plays on.
 */
@Timeout(120)
class ForeignValuesServerIT {
    private static final String POEM = "a poem, by somebody else";
    private static final long QUARTER_MILLIS = 900_000;
    private static final long HOUR_MILLIS = 3_600_000;

    @TempDir
    static Path processes;

    private static TestServices services;

    @TempDir
    Path folder;

    private Logs logs;
    private TestServer server;
    private RawClient ben;
    private RawClient carl;

    @BeforeAll
    static void startServices() throws Exception {
        services = TestServices.start(processes);
    }

    @AfterAll
    static void stopServices() throws Exception {
        services.close();
    }

    /** Makes anna a player whom the store knows and the server's cache does not. */
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

    /** Whatever was written, others go on trading, and their trades are published. */
    @AfterEach
    void othersPlayOn() throws Exception {
        commit();
        assertOneIsPublished();
        ben.close();
        carl.close();
        server.close();
        logs.close();
    }

    private void commit() throws Exception {
        UUID id = TestIds.fresh();
        assertThat(ben.offered(id, "carl", RawClient.gold(1), RawClient.gold(2)).hasTradeOpened())
                .isTrue();
        carl.expect(ServerMessage::hasTradeOffered);
        carl.accept(id, "ben");
        assertThat(carl.tradeResult(id).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
    }

    /** Perhaps more than once. */
    private static void assertOneIsPublished() throws Exception {
        PublishedTrades published = services.published();
        assertThat(published.messages() - published.duplicates()).isEqualTo(1);
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
        long born = System.currentTimeMillis() - HOUR_MILLIS;
        UUID id = TransactionDraft.uuidOf(born, 1);
        String home = "{main}:outcomes:" + born / QUARTER_MILLIS;
        String field = born % QUARTER_MILLIS + " trade:2-" + id;
        services.asked(redis -> redis.hset(home, field, POEM));
        ErrorCode told = ben.errorTo(ben.offer(id, "carl", RawClient.gold(1), RawClient.gold(2)));
        assertThat(told).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(logs.contain(home)).isTrue();
        assertThat(services.<String>asked(redis -> redis.hget(home, field))).isEqualTo(POEM);
    }

    @Test
    void tradesThatAreText() throws Exception {
        long born = System.currentTimeMillis() - 2 * HOUR_MILLIS;
        String home = "{main}:outcomes:" + born / QUARTER_MILLIS;
        services.asked(redis -> redis.set(home, POEM));
        UUID id = TransactionDraft.uuidOf(born, 2);
        ErrorCode told = carl.errorTo(carl.offer(id, "ben", RawClient.gold(1), RawClient.gold(2)));
        assertThat(told).isEqualTo(ErrorCode.UNAVAILABLE);
        assertUntouched(home);
    }

    /** A foreign entry is skipped and stays; trades are published as before. */
    @Test
    void anOutboxEntryThatIsNotOurs() throws Exception {
        String entry = "0-1000"; // after those of the starter kits
        services.asked(redis -> redis.xadd("{main}:outbox", new XAddArgs().id(entry), Map.of("text", POEM)));
        commit();
        await("the log names the key").until(() -> logs.contain("{main}:outbox: entry " + entry));
        await("the trade to be published").until(() -> services.outboxRows() == 1);
        services.asked(redis -> redis.xdel("{main}:outbox", entry));
        assertOneIsPublished();
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
