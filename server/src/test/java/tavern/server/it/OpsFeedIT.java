package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.it.OpsClient.Answer;
import tavern.server.services.RabbitProcess;
import tavern.server.services.TcpProxy;

/** The trade feed in the ops API of a real server: how it does, and what an operator does about dead letters. */
@SuppressWarnings("NullAway.Init") // set before each test
final class OpsFeedIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DEAD = "tavern.trades.dead";
    private static final String NOWHERE = "elsewhere.main.hall";

    /** The kits of ann and bob are published too. */
    private static final int STARTER_KITS = 2;

    @TempDir
    static Path brokerFolder;

    private static RabbitProcess rabbit;

    @TempDir
    Path folder;

    private String vhost;

    @BeforeAll
    static void startBroker() throws IOException {
        rabbit = RabbitProcess.start(brokerFolder);
    }

    @AfterAll
    static void endBroker() {
        rabbit.close();
    }

    @BeforeEach
    void freshVhost() throws IOException {
        vhost = rabbit.newVhost();
    }

    private TestServer server(int port) throws IOException {
        return server(port, true);
    }

    private TestServer server(int port, boolean ledgerQueue) throws IOException {
        return TestServer.start(
                folder,
                "ops.enabled=true",
                "feed.kind=rabbitmq",
                "feed.rabbitmq.uri=" + RabbitProcess.uri(port, vhost),
                "feed.rabbitmq.ledger-queue=" + ledgerQueue,
                "feed.rabbitmq.confirm-timeout-seconds=3");
    }

    private OpsClient as(TestServer server, String role) throws IOException {
        return OpsClient.of(server.opsAddress(), folder, role);
    }

    private static JsonObject json(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static JsonObject feed(OpsClient viewer) throws IOException {
        return json(viewer.get("/api/v1/feed"));
    }

    /** As the feed would. */
    private static void putDeadLetter(Channel channel, String messageId) throws IOException {
        AMQP.BasicProperties letter = new AMQP.BasicProperties.Builder()
                .messageId(messageId)
                .timestamp(new Date(1_700_000_000_000L))
                .deliveryMode(2)
                .headers(
                        Map.of("dead-because", "<b>no queue</b>", "original-routing-key", NOWHERE, "original-bytes", 3))
                .build();
        channel.basicPublish(DEAD, NOWHERE, letter, new byte[] {1, 2, 3});
    }

    /**
     * Waits until so many letters are there, without a look, which would take them for a moment. What a look or an
     * order has taken is back when the broker has closed its channel.
     */
    private static void awaitLetters(Channel channel, int count) {
        await("the dead letters").atMost(PATIENCE).until(() -> channel.messageCount(DEAD) == count);
    }

    @Test
    void tradesAreCountedFromTheCommitToTheConfirm() throws Exception {
        try (TestServer server = server(rabbit.port());
                RawClient ann = server.client("ann", "hall");
                RawClient bob = server.client("bob", "hall")) {
            OpsClient viewer = as(server, "viewer");
            await().atMost(PATIENCE).until(() -> {
                JsonObject state = feed(viewer);
                return state.get("connected").getAsBoolean()
                        && state.get("confirmed").getAsLong() == STARTER_KITS
                        && state.get("deadLetters").getAsLong() >= 0;
            });
            JsonObject before = feed(viewer);
            assertThat(before.get("kind").getAsString()).isEqualTo("rabbitmq");
            assertThat(before.get("here").getAsBoolean()).isTrue();
            assertThat(before.get("blocked").getAsBoolean()).isFalse();
            assertThat(before.get("deadLetters").getAsLong()).isZero();
            UUID trade = TestIds.fresh();
            ann.offer(trade, "bob", RawClient.gold(1), RawClient.gold(2));
            bob.expect(ServerMessage::hasTradeOffered);
            bob.accept(trade, "ann");
            assertThat(bob.tradeResult(trade).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
            await().atMost(PATIENCE).untilAsserted(() -> {
                JsonObject after = feed(viewer);
                assertThat(after.get("confirmed").getAsLong()).isEqualTo(STARTER_KITS + 1);
                assertThat(after.get("outboxRows").getAsLong()).isZero();
                assertThat(after.get("oldestMillis").getAsLong()).isZero();
            });
            Answer grant = as(server, "admin")
                    .post(
                            "/api/v1/players/ann/grant",
                            "{\"reason\": \"won a prize\", \"key\": \"prize\", \"stacks\": {\"gold\": 3}}");
            assertThat(grant.status()).as(grant.body()).isEqualTo(200);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(feed(viewer).get("confirmed").getAsLong())
                                    .as("a grant is published too")
                                    .isEqualTo(STARTER_KITS + 2));
        }
    }

    @Test
    void whoeverPublishesToNobodyIsToldAndSeesTheLedgerQueueThatAnEarlierServerHasLeft() throws Exception {
        server(rabbit.port(), true).close();
        try (Connection connection = FeedQueue.connect(rabbit.uri(vhost))) {
            Channel channel = connection.createChannel();
            channel.queueUnbind(FeedQueue.NAME, "tavern.trades", "trade.#");
            channel.basicPublish("", FeedQueue.NAME, null, new byte[] {1});
        }
        try (TestServer server = server(rabbit.port(), false);
                RawClient ann = server.client("ann", "hall");
                RawClient bob = server.client("bob", "hall")) {
            OpsClient viewer = as(server, "viewer");
            UUID trade = TestIds.fresh();
            ann.offer(trade, "bob", RawClient.gold(1), RawClient.gold(2));
            bob.expect(ServerMessage::hasTradeOffered);
            bob.accept(trade, "ann");
            await().atMost(PATIENCE).untilAsserted(() -> {
                JsonObject state = feed(viewer);
                assertThat(state.get("unrouted").getAsBoolean()).isTrue();
                assertThat(state.get("outboxRows").getAsLong()).isZero();
                assertThat(state.get("ledgerMessages").getAsLong()).isEqualTo(1);
                assertThat(json(viewer.get("/api/v1/overview")).get("degraded").toString())
                        .contains("published to nobody");
            });
        }
    }

    @Test
    void deadLettersAreSeenAndSentOnOnceTheirQueueIsBound() throws Exception {
        try (TestServer server = server(rabbit.port());
                Connection connection = FeedQueue.connect(rabbit.uri(vhost))) {
            OpsClient viewer = as(server, "viewer");
            OpsClient admin = as(server, "admin");
            await().atMost(PATIENCE).until(() -> feed(viewer).get("connected").getAsBoolean());
            Channel channel = connection.createChannel();
            putDeadLetter(channel, "7-one");
            putDeadLetter(channel, "7-two");
            awaitLetters(channel, 2);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(json(viewer.get("/api/v1/feed/dead"))
                                    .get("total")
                                    .getAsLong())
                            .isEqualTo(2));
            // The time of a look may be over before a busy broker has sent the first letter.
            Answer look = await().atMost(PATIENCE)
                    .until(
                            () -> {
                                awaitLetters(channel, 2);
                                return viewer.get("/api/v1/feed/dead?max=1");
                            },
                            answer -> answer.status() == 200
                                    && !answer.json().getAsJsonArray("letters").isEmpty());
            JsonObject first = json(look).getAsJsonArray("letters").get(0).getAsJsonObject();
            assertThat(first.get("messageId").getAsString()).isEqualTo("7-one");
            assertThat(first.get("routingKey").getAsString()).isEqualTo(NOWHERE);
            assertThat(first.get("reason").getAsString()).isEqualTo("<b>no queue</b>");
            assertThat(first.get("atMillis").getAsLong()).isEqualTo(1_700_000_000_000L);
            assertThat(first.get("bytes").getAsLong()).isEqualTo(3);
            await().atMost(PATIENCE).until(() -> feed(viewer).get("deadLetters").getAsLong() == 2);

            awaitLetters(channel, 2);
            JsonObject still = json(admin.post("/api/v1/feed/dead/republish", "{\"reason\": \"try\"}"));
            assertThat(still.get("result").getAsString())
                    .startsWith("published 0; 2 were returned")
                    .endsWith("left: 2");
            channel.queueDeclare("later", true, false, false, Map.of());
            channel.queueBind("later", "tavern.trades", "elsewhere.#");
            awaitLetters(channel, 2);
            JsonObject one = json(
                    admin.post("/api/v1/feed/dead/republish", "{\"reason\": \"bound\", \"messageId\": \"7-two\"}"));
            assertThat(one.get("result").getAsString()).isEqualTo("published 1; left: 1");
            awaitLetters(channel, 1);
            JsonObject all = json(admin.post("/api/v1/feed/dead/republish", "{\"reason\": \"bound\"}"));
            assertThat(all.get("result").getAsString()).isEqualTo("published 1; left: 0");

            GetResponse two = channel.basicGet("later", true);
            GetResponse sent = channel.basicGet("later", true);
            assertThat(two.getProps().getMessageId()).isEqualTo("7-two");
            assertThat(sent.getProps().getMessageId()).isEqualTo("7-one");
            assertThat(sent.getBody()).containsExactly(1, 2, 3);
            assertThat(channel.basicGet("later", true)).isNull();
            Answer gone =
                    admin.post("/api/v1/feed/dead/republish", "{\"reason\": \"again\", \"messageId\": \"7-two\"}");
            assertThat(gone.errorCode()).isEqualTo("NOT_FOUND");

            JsonObject audit = json(as(server, "moderator").get("/api/v1/audit?after=0"));
            assertThat(audit.getAsJsonArray("entries")).as("two of each order").hasSize(8);
            assertThat(audit.toString()).contains("republish", "7-two", "published 1; left: 0");
        }
    }

    private String degraded(TestServer server) throws IOException {
        return json(as(server, "viewer").get("/api/v1/overview"))
                .get("degraded")
                .toString();
    }

    @Test
    void deadLettersCountAsDegradedAfterARestartTooUntilTheyAreGone() throws Exception {
        try (TestServer server = server(rabbit.port());
                Connection connection = FeedQueue.connect(rabbit.uri(vhost))) {
            await().atMost(PATIENCE)
                    .until(() -> feed(as(server, "viewer")).get("connected").getAsBoolean());
            putDeadLetter(connection.createChannel(), "7-one");
        }
        try (TestServer server = server(rabbit.port())) {
            // The server itself has put none there, and nobody asks for them.
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(degraded(server)).contains("dead letters"));
        }
    }

    @Test
    void whoRewritesTheAuditLogAndTheFileBesideItIsFoundOutByTheBroker() throws Exception {
        try (TestServer server = server(rabbit.port())) {
            OpsClient admin = as(server, "admin");
            json(admin.post("/api/v1/announce", "{\"reason\": \"a test\", \"text\": \"hello\"}"));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(
                                    json(admin.get("/api/v1/audit/anchors")).toString())
                            .contains("tavern.audit.main", "audit.anchor")
                            .doesNotContain("\"seq\":1"));
        }
        try (java.sql.Connection database = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tavern.db"));
                Statement statement = database.createStatement()) {
            statement.execute("DROP TRIGGER audit_is_never_shortened");
            statement.execute("DELETE FROM audit");
        }
        Files.delete(folder.resolve("audit.anchor"));
        try (TestServer server = server(rabbit.port())) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(degraded(server))
                            .contains(
                                    "the audit log is not as it was written",
                                    "queue tavern.audit.main remembers entry 2"));
        }
    }

    @Test
    void aBrokerThatIsDownIsToldInWords() throws Exception {
        try (TcpProxy network = TcpProxy.to(rabbit.port())) {
            network.refuse();
            try (TestServer server = server(network.port())) {
                OpsClient viewer = as(server, "viewer");
                JsonObject state = feed(viewer);
                assertThat(state.get("connected").getAsBoolean()).isFalse();
                assertThat(state.get("deadLetters").getAsLong()).isEqualTo(-1);
                Answer look = viewer.get("/api/v1/feed/dead");
                assertThat(look.status()).isEqualTo(503);
                assertThat(look.errorCode()).isEqualTo("UNAVAILABLE");
                assertThat(look.json().toString()).contains("RabbitMQ: ").doesNotContain("guest");
                Answer order = as(server, "admin").post("/api/v1/feed/dead/republish", "{\"reason\": \"try\"}");
                assertThat(order.status()).isEqualTo(503);
            }
        }
    }

    @Test
    void withoutAFeedThereIsNothingToSendOn() throws Exception {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true")) {
            JsonObject state = feed(as(server, "viewer"));
            assertThat(state.get("kind").getAsString()).isEqualTo("none");
            assertThat(state.get("deadLetters").getAsLong()).isZero();
            assertThat(json(as(server, "viewer").get("/api/v1/feed/dead"))
                            .get("total")
                            .getAsLong())
                    .isZero();
            Answer order = as(server, "admin").post("/api/v1/feed/dead/republish", "{\"reason\": \"try\"}");
            assertThat(order.errorCode()).isEqualTo("CONFLICT");
        }
    }
}
