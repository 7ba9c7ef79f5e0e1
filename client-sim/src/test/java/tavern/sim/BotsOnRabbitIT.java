package tavern.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.Account;
import tavern.protocol.v1.AccountAfter;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.TradeParty;
import tavern.protocol.v1.TransactionCommitted;
import tavern.protocol.v1.TransactionLeg;
import tavern.server.TavernServer;
import tavern.server.config.ConfigLoader;
import tavern.server.services.RabbitProcess;
import tavern.server.services.TcpProxy;

/** The bots read a real queue that a real server fills, and find what is tampered with on the way. */
@Timeout(120)
class BotsOnRabbitIT {
    @TempDir
    static Path broker;

    private static RabbitProcess rabbit;

    private final BotsRun bots = new BotsRun();

    @TempDir
    Path folder;

    private String vhost = "";

    @BeforeAll
    static void startRabbit() throws IOException {
        rabbit = RabbitProcess.start(broker);
    }

    @AfterAll
    static void stopRabbit() {
        rabbit.close();
    }

    @BeforeEach
    void aBrokerWithoutTraces() throws IOException {
        vhost = rabbit.newVhost();
    }

    @Test
    void everyAcknowledgedTradeIsInTheQueueAndNothingElse() throws Exception {
        try (TavernServer server = server()) {
            rabbit.awaitLedgerQueue(vhost);
            assertThat(run(server, withStore())).as(bots.output()).isZero();
        }
        JsonObject audit = audit();
        long committed = report().getAsJsonObject("trades").get("committed").getAsLong();
        assertThat(committed).isGreaterThan(20);
        assertThat(audit.get("published").getAsLong()).isEqualTo(committed);
        assertThat(feed("delivered")).isGreaterThanOrEqualTo(committed);
        assertThat(feed("outOfOrder")).isZero();
        assertThat(messagesLeft()).as("the queue was consumed").isZero();
    }

    @Test
    void messagesThatVanishFromTheQueueFailTheRun() throws Exception {
        try (TavernServer server = server();
                Meddler thief = Meddler.at(uri()).steal()) {
            assertThat(run(server)).as(bots.output()).isEqualTo(1);
        }
        assertThat(feed("missing")).isPositive();
        assertThat(audit().get("lost").getAsLong()).isEqualTo(feed("missing"));
        assertThat(audit().get("conserved").getAsBoolean())
                .as("the replay has holes")
                .isFalse();
    }

    @Test
    void aForgedTradeOfABotFailsTheRun() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (TavernServer server = server();
                Meddler forger = Meddler.at(uri()).watch((message, self) -> {
                    if (!done.getAndSet(true)) {
                        self.publish(renamed(message, UUID.randomUUID()));
                    }
                })) {
            assertThat(run(server)).as(bots.output()).isEqualTo(1);
        }
        assertThat(done).isTrue();
        assertThat(feed("forged")).isEqualTo(1);
        assertThat(feed("missing")).isZero();
    }

    @Test
    void aForgedTradeOfStrangersIsFoundInTheStoreBeside() throws Exception {
        TransactionCommitted forged = TransactionCommitted.newBuilder()
                .setKind("trade")
                .setRealm("main")
                .setRoom("hall")
                .setFence(1)
                .setProposer(TradeParty.newBuilder().setPlayerId(9_001).setPlayer("eve"))
                .setPartner(TradeParty.newBuilder()
                        .setPlayerId(9_002)
                        .setPlayer("mallory")
                        .setGave(Goods.newBuilder().addItemIds(4)))
                .addLegs(TransactionLeg.newBuilder()
                        .setFrom(account(9_002))
                        .setTo(account(9_001))
                        .addItems(Item.newBuilder().setId(4).setKind("bow")))
                .addAccounts(after(9_001, "eve"))
                .addAccounts(after(9_002, "mallory"))
                .build();
        try (TavernServer server = server();
                Meddler forger = Meddler.at(uri())) {
            forger.publish(renamed(forged, UUID.randomUUID()));
            assertThat(run(server, withStore())).as(bots.output()).isEqualTo(1);
        }
        assertThat(feed("forged")).isEqualTo(1);
        assertThat(feed("strangers")).isEqualTo(1);
    }

    @Test
    void rubbishInTheQueueFailsTheRun() throws Exception {
        try (TavernServer server = server();
                Meddler vandal = Meddler.at(uri())) {
            vandal.publish("1-rubbish", new byte[] {1, 2, 3});
            assertThat(run(server)).as(bots.output()).isEqualTo(1);
        }
        assertThat(feed("unreadable")).isEqualTo(1);
    }

    @Test
    void repeatsAndBrokenConnectionsAreNoFault() throws Exception {
        AtomicBoolean isCut = new AtomicBoolean();
        try (TavernServer server = server();
                TcpProxy network = TcpProxy.to(rabbit.port());
                Meddler repeater = Meddler.at(uri()).watch((message, self) -> {
                    self.publish(message);
                    if (!isCut.getAndSet(true)) {
                        network.cut();
                    }
                })) {
            String queue = RabbitProcess.uri(network.port(), vhost);
            assertThat(run(server, withStore(), "--verify-feed=" + queue))
                    .as(bots.output())
                    .isZero();
            assertThat(network.connections()).isGreaterThanOrEqualTo(2);
        }
        assertThat(feed("repeated")).isGreaterThan(20);
    }

    @Test
    void aQueueThatIsNotThereIsOneLineAndExitCode3() throws Exception {
        String elsewhere = rabbit.newVhost();
        try (TavernServer server = server()) {
            int exit = bots.on(
                    server.address().getPort(),
                    "--bots=2",
                    "--rooms=1",
                    "--verify-feed=" + RabbitProcess.uri(rabbit.port(), elsewhere));
            assertThat(exit).isEqualTo(3);
        }
        assertThat(bots.errors())
                .hasLineCount(1)
                .contains("no queue 'tavern.trades.ledger'", "feed.rabbitmq.ledger-queue");
    }

    private static Account account(long player) {
        return Account.newBuilder().setPlayerId(player).build();
    }

    private static AccountAfter after(long player, String name) {
        return AccountAfter.newBuilder()
                .setAccount(account(player))
                .setVersion(2)
                .setPlayer(name)
                .build();
    }

    private static TransactionCommitted renamed(TransactionCommitted message, UUID id) {
        return message.toBuilder()
                .setMessageId(message.getProposer().getPlayerId() + "-" + id)
                .build();
    }

    private int run(TavernServer server, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--bots=20",
                "--rooms=2",
                "--duration=4s",
                "--trade-rate=2",
                "--report=" + folder.resolve("report.json")));
        arguments.addAll(List.of(more));
        if (arguments.stream().noneMatch(argument -> argument.startsWith("--verify-feed="))) {
            arguments.add("--verify-feed=" + uri());
        }
        return bots.on(server.address().getPort(), arguments.toArray(String[]::new));
    }

    private String withStore() {
        return "--store=" + folder.resolve("data/tavern.db");
    }

    private JsonObject report() throws IOException {
        return BotsRun.report(folder.resolve("report.json"));
    }

    private JsonObject audit() throws IOException {
        return report().getAsJsonObject("audit");
    }

    private long feed(String count) throws IOException {
        return audit().getAsJsonObject("feed").get(count).getAsLong();
    }

    private long messagesLeft() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(uri());
        try (Connection connection = factory.newConnection()) {
            return connection.createChannel().messageCount("tavern.trades.ledger");
        }
    }

    private String uri() {
        return RabbitProcess.uri(rabbit.port(), vhost);
    }

    private TavernServer server() throws Exception {
        Map<String, String> properties = Map.of(
                "ops.enabled",
                "false",
                "net.port",
                "0",
                "store.path",
                folder.resolve("data").toString(),
                "feed.kind",
                "rabbitmq",
                "feed.rabbitmq.uri",
                uri(),
                "feed.rabbitmq.ledger-queue",
                "true");
        return TavernServer.start(ConfigLoader.load(null, Map.of(), properties).config());
    }
}
