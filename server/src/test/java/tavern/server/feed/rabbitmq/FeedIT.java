package tavern.server.feed.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.ShutdownSignalException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.AccountAfter;
import tavern.protocol.v1.TradeParty;
import tavern.protocol.v1.TransactionCommitted;
import tavern.server.cluster.Lease;
import tavern.server.feed.Feed;
import tavern.server.feed.FeedSettings;
import tavern.server.services.FairTime;
import tavern.server.services.RabbitProcess;
import tavern.server.services.TcpProxy;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutboxRow;
import tavern.server.store.OutboxStore;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.Clocks;
import tavern.server.time.MonotonicClock;

/**
 * The outbox of a real store to a real broker, through a network that fails. After whatever was done every committed
 * trade is in the ledger queue, and nothing else is.
 */
@SuppressWarnings("NullAway.Init") // each test calls start
final class FeedIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PATIENT_CONFIRM_SECONDS = 60;
    private static final int OUTBOX_ROWS_MAX = 100_000;

    /** A room that waited for the broker would wait for seconds; less is the doing of a busy machine. */
    private static final long BLOCKED_MILLIS_MAX = 1_500;

    @TempDir
    static Path brokerFolder;

    private static final String LOST = "-lost";

    private static RabbitProcess rabbit;

    @TempDir
    Path folder;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private String vhost;
    private TcpProxy network;
    private EmbeddedStore store;
    private ScriptedLeases leases;
    private Feed feed;
    private MeterRegistry metrics;
    private Traders traders;

    @BeforeAll
    static void startBroker() throws Exception {
        rabbit = RabbitProcess.start(brokerFolder);
    }

    @AfterAll
    static void endBroker() {
        rabbit.close();
    }

    @BeforeEach
    void freshVhost() throws Exception {
        vhost = rabbit.newVhost();
        network = opened(TcpProxy.to(rabbit.port()));
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.push(part);
        return part;
    }

    private void start(int confirmSeconds, int outboxRowsMax) {
        start(confirmSeconds, outboxRowsMax, true, real -> real);
    }

    /** @param before what stands between the feed and the store */
    private void start(int confirmSeconds, int outboxRowsMax, boolean ledgerQueue, UnaryOperator<OutboxStore> before) {
        metrics = new SimpleMeterRegistry();
        store = opened(EmbeddedStore.open(StoreSettings.embedded(folder, 50_000, outboxRowsMax)));
        Clocks clocks = Clocks.system();
        leases = new ScriptedLeases();
        FeedSettings.RabbitMq settings =
                new FeedSettings.RabbitMq(RabbitProcess.uri(network.port(), vhost), ledgerQueue, 1_000, confirmSeconds);
        feed = opened(
                RabbitFeed.start(settings, "main", "test", before.apply(store), leases, clocks, metrics, id -> {}));
        traders = opened(new Traders(store, feed));
    }

    /** For tests that count what is published: what a busy broker has not confirmed in time is published again. */
    private void startWithPatience() {
        start(PATIENT_CONFIRM_SECONDS, OUTBOX_ROWS_MAX);
    }

    private void start() {
        start(3, OUTBOX_ROWS_MAX);
    }

    /** What must hold after all that was done. */
    private void everythingArrives(Set<String> others) throws Exception {
        traders.pause();
        await("the outbox to be empty").atMost(PATIENCE).until(() -> traders.outboxRows() == 0);
        try (QueueReader ledger = new QueueReader(rabbit.uri(vhost), Topology.LEDGER)) {
            await("all trades in the ledger")
                    .atMost(PATIENCE)
                    .until(() -> ledger.size() >= traders.committed().size() + others.size());
            assertThat(ledger.ids().stream().filter(id -> !others.contains(id)))
                    .containsExactlyInAnyOrderElementsOf(traders.committed());
        }
        assertThat(traders.slowestMillis()).as("longest that a room waited").isLessThan(BLOCKED_MILLIS_MAX);
    }

    private void everythingArrives() throws Exception {
        everythingArrives(Set.of());
    }

    private double count(String name) {
        return metrics.get("tavern.feed." + name).counter().count();
    }

    @Test
    void tradesArriveInOrderWithAllThatConsumersNeed() throws Exception {
        startWithPatience();
        traders.trade(5_000);
        await().atMost(PATIENCE).until(() -> traders.outboxRows() == 0);

        try (QueueReader ledger = new QueueReader(rabbit.uri(vhost), Topology.LEDGER)) {
            await().atMost(PATIENCE).until(() -> ledger.size() == 5_000);
            assertThat(ledger.ids()).containsExactlyElementsOf(traders.committed());
            Delivery first = ledger.deliveries().get(0);
            TransactionCommitted body = TransactionCommitted.parseFrom(first.getBody());
            assertThat(first.getEnvelope().getRoutingKey()).isEqualTo("trade.main.hall");
            assertThat(first.getProperties().getDeliveryMode()).isEqualTo(2);
            assertThat(first.getProperties().getMessageId()).isEqualTo(body.getMessageId());
            assertThat(first.getProperties().getType()).isEqualTo("tavern.v1.TransactionCommitted");
            assertThat(first.getProperties().getHeaders()).containsEntry("fence", body.getFence());
            assertThat(first.getProperties().getHeaders().get("room")).hasToString("hall");
            assertThat(body.getProposer().getPlayer()).isEqualTo("ann");
            assertThat(body.getPartner().getGave().getStacks(0).getCount()).isEqualTo(1);
        }
        assertThat(count("published")).isEqualTo(5_000);
        assertThat(feed.status().relaying()).isTrue();
        assertThat(feed.status().lastProblem()).isEmpty();
    }

    @Test
    void aConnectionThatIsCutAgainAndAgainLosesNothing() throws Exception {
        start();
        traders.storm(2_000);
        for (int cut = 0; cut < 10; cut++) {
            long before = traders.committed().size();
            double connections = count("reconnects");
            network.cutAfter(20_000 + 7_001 * cut);
            await("the cut, and another connection").atMost(PATIENCE).until(() -> count("reconnects") > connections);
            await().atMost(PATIENCE).until(() -> traders.committed().size() > before + 500);
        }
        everythingArrives();
    }

    @Test
    void aBrokerThatIsKilledInAStormLosesNothing() throws Exception {
        start();
        traders.storm(2_000);
        await().atMost(PATIENCE).until(() -> count("confirmed") > 1_000);
        rabbit.kill();
        rabbit.restart();
        await("publishing again").atMost(PATIENCE).until(() -> feed.status().connected());
        rabbit.kill();
        rabbit.restart();
        everythingArrives();
    }

    @Test
    void whatWasPublishedOutlivesTheBroker() throws Exception {
        start();
        traders.trade(500);
        await().atMost(PATIENCE).until(() -> traders.outboxRows() == 0);
        rabbit.restart();
        everythingArrives();
    }

    @Test
    void aMemoryAlarmStopsPublishingAndNotTrades() throws Exception {
        start();
        traders.storm(2_000);
        await().atMost(PATIENCE).until(() -> count("confirmed") > 500);
        rabbit.raiseMemoryAlarm();
        try {
            await("the alarm to be told")
                    .atMost(PATIENCE)
                    .until(() -> feed.status().blocked());
            await("the outbox to grow").atMost(PATIENCE).until(() -> traders.outboxRows() > 5_000);
            assertThat(feed.status().lastProblem()).contains("blocked");
            await("an age to be shown")
                    .atMost(PATIENCE)
                    .until(() -> feed.status().oldestAgeMillis() > 0);
        } finally {
            rabbit.clearMemoryAlarm();
        }
        everythingArrives();
        assertThat(feed.status().blocked()).isFalse();
    }

    /** Silent, and with more to write than the kernel holds: the publish itself hangs. */
    @Test
    void aPublishThatHangsIsEnded() throws Exception {
        start();
        traders.trade(10);
        await().atMost(PATIENCE).until(() -> traders.outboxRows() == 0);
        network.freeze();
        Set<String> large = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            large.add(traders.tradeWithBody(new byte[100_000]));
        }
        await("the hanging to be ended")
                .atMost(PATIENCE)
                .until(() -> !feed.status().connected());
        network.resume();
        network.cut();
        everythingArrives(large);
    }

    @Test
    void whileTheLeaseIsUncertainNothingIsPublished() throws Exception {
        startWithPatience();
        traders.trade(100);
        await().atMost(PATIENCE).until(() -> traders.outboxRows() == 0);
        leases.newest(Lease.State.UNCERTAIN);
        await().atMost(PATIENCE).until(() -> !feed.status().relaying());
        traders.trade(100);
        await("some turns of the relay").pollDelay(Duration.ofMillis(500)).until(() -> true);
        assertThat(count("published")).isEqualTo(100);
        leases.newest(Lease.State.HELD);
        everythingArrives();
    }

    @Test
    void aLeaseThatIsLostIsAcquiredAnewAndNothingIsLost() throws Exception {
        start();
        traders.storm(1_000);
        await().atMost(PATIENCE).until(() -> count("confirmed") > 200);
        leases.elsewhere(true);
        leases.newest(Lease.State.LOST);
        await("the connection to be closed")
                .atMost(PATIENCE)
                .until(() -> !feed.status().connected());
        double published = count("published");
        long rows = traders.outboxRows();
        await("the outbox to grow").atMost(PATIENCE).until(() -> traders.outboxRows() > rows + 500);
        assertThat(count("published")).isEqualTo(published);
        leases.elsewhere(false);
        everythingArrives();
        assertThat(leases.acquired()).isEqualTo(2);
        feed.close();
        assertThat(leases.released()).isEqualTo(1);
    }

    @Test
    void aBrokerThatIsFrozenLongerThanAllTimeOutsComesBackToAllOfThem() throws Exception {
        start();
        traders.storm(1_000);
        await().atMost(PATIENCE).until(() -> count("confirmed") > 500);
        rabbit.freeze();
        try {
            await("the connection to be given up")
                    .atMost(PATIENCE)
                    .until(() -> !feed.status().connected());
            long rows = traders.outboxRows();
            await("trades to go on").atMost(PATIENCE).until(() -> traders.outboxRows() > rows + 12_000);
        } finally {
            rabbit.thaw();
        }
        everythingArrives();
    }

    @Test
    void aQueueThatIsDeletedIsDeclaredAgain() throws Exception {
        start();
        traders.trade(100);
        await().atMost(PATIENCE).until(() -> traders.outboxRows() == 0);
        try (QueueReader ledger = new QueueReader(rabbit.uri(vhost), Topology.LEDGER)) {
            await().atMost(PATIENCE).until(() -> ledger.size() == 100);
        }
        rabbit.rabbitmqctl("delete_queue", "--vhost", vhost, Topology.LEDGER);
        traders.trade(300);
        await().atMost(PATIENCE).until(() -> traders.outboxRows() == 0);

        try (QueueReader ledger = new QueueReader(rabbit.uri(vhost), Topology.LEDGER)) {
            await().atMost(PATIENCE).until(() -> ledger.size() == 300);
            assertThat(ledger.ids())
                    .containsExactlyElementsOf(traders.committed().subList(100, 400));
        }
        assertThat(count("returned")).isPositive();
        assertThat(count("dead")).isZero();
    }

    @Test
    void aConnectionThatBringsNothingButNacksIsGivenUpAndNothingIsLost() throws Exception {
        start();
        traders.trade(10);
        await().atMost(PATIENCE).until(() -> traders.outboxRows() == 0);
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(rabbit.uri(vhost));
        try (Connection connection = factory.newConnection("test")) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("full", true, false, false, Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
            channel.queueBind("full", Topology.EXCHANGE, "trade.#");
            double before = count("reconnects");
            traders.trade(10);
            await("two new connections").atMost(PATIENCE).until(() -> count("reconnects") >= before + 2);
            assertThat(count("nacked")).isPositive();
            assertThat(traders.outboxRows()).isPositive();
            channel.queueDelete("full");
        }
        everythingArrives();
    }

    @Test
    void withoutALedgerQueueATradeThatNoQueueIsBoundForGoesToNobodyAndIsCounted() throws Exception {
        start(PATIENT_CONFIRM_SECONDS, OUTBOX_ROWS_MAX, false, real -> real);
        traders.trade(100);
        await().atMost(PATIENCE).until(() -> traders.outboxRows() == 0);
        assertThat(count("unrouted")).isEqualTo(100);
        await().until(() -> feed.status().unrouted());
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(rabbit.uri(vhost));
        try (Connection connection = factory.newConnection("test")) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("own", true, false, false, Map.of());
            channel.queueBind("own", Topology.EXCHANGE, "trade.#");
            traders.trade(50);
            await().atMost(PATIENCE).until(() -> traders.outboxRows() == 0);
            await().until(() -> !feed.status().unrouted());
            assertThat(channel.messageCount("own")).isEqualTo(50);
            assertThat(count("dead")).isZero();
            assertThat(count("returned")).isZero();
            assertThatThrownBy(() -> channel.queueDeclarePassive(Topology.LEDGER))
                    .as("nobody has asked for it")
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void eachKindHasARoutingKeyOfItsOwnAndTheTradesQueueGetsTradesOnly() throws Exception {
        startWithPatience();
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(rabbit.uri(vhost));
        try (Connection connection = factory.newConnection("test")) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("economy", true, false, false, Map.of());
            channel.queueBind("economy", Topology.EXCHANGE, "#");
            channel.queueDeclare("trades", true, false, false, Map.of());
            channel.queueBind("trades", Topology.EXCHANGE, "trade.#");
            traders.trade(1);
            String craft = traders.craft();
            String grant = traders.grant();
            String starter = traders.newcomer();
            await().atMost(PATIENCE).until(() -> traders.outboxRows() == 0);
            try (QueueReader economy = new QueueReader(rabbit.uri(vhost), "economy");
                    QueueReader trades = new QueueReader(rabbit.uri(vhost), "trades")) {
                String trade = traders.committed().get(0);
                await().atMost(PATIENCE).until(() -> economy.size() == 4 && trades.size() == 1);
                assertThat(economy.ids()).containsExactly(trade, craft, grant, starter);
                assertThat(trades.ids()).containsExactly(trade);
                assertThat(economy.deliveries())
                        .extracting(delivery -> delivery.getEnvelope().getRoutingKey())
                        .containsExactly("trade.main.hall", "craft.main.hall", "grant.main.-", "starter.main.-");
                List<TransactionCommitted> told = new ArrayList<>();
                for (Delivery delivery : economy.deliveries()) {
                    told.add(TransactionCommitted.parseFrom(delivery.getBody()));
                    assertThat(delivery.getProperties().getType()).isEqualTo("tavern.v1.TransactionCommitted");
                    assertThat(delivery.getProperties().getMessageId())
                            .isEqualTo(told.get(told.size() - 1).getMessageId());
                }
                assertThat(told)
                        .extracting(TransactionCommitted::getKind)
                        .containsExactly("trade", "craft", "grant", "starter");
                assertThat(told).extracting(TransactionCommitted::getSequence).isSorted();
                assertThat(told).extracting(TransactionCommitted::getLegsCount).containsExactly(2, 4, 1, 1);
                TransactionCommitted crafted = told.get(1);
                assertThat(crafted.getLegs(1).getTo().getNamed()).isEqualTo("guild:7");
                assertThat(crafted.getLegs(3).getFrom().getMint()).isEqualTo("forge");
                assertThat(crafted.getLegs(3).getMade(0).getKind()).isEqualTo("sword");
                assertThat(crafted.getLegs(3).getMade(0).getId()).isPositive();
                assertThat(crafted.getAccountsCount()).isEqualTo(3);
                // Each change of an account is told, and in order.
                assertThat(told.stream()
                                .flatMap(each -> each.getAccountsList().stream())
                                .filter(after -> after.getPlayer().equals("ann"))
                                .map(AccountAfter::getVersion))
                        .containsExactly(2L, 3L, 4L);
            }
            assertThat(feed.status().unrouted()).isFalse();
        }
    }

    /** The ledger queue is for trades. */
    @Test
    void whatIsNoTradeNeedsNoQueue() throws Exception {
        startWithPatience();
        traders.grant();
        traders.craft();
        traders.trade(1);
        everythingArrives();
        assertThat(count("dead")).isZero();
        assertThat(count("unrouted")).isZero();
        assertThat(feed.status().lastProblem()).isEmpty();
    }

    /** Each message that comes back is sent twice over the network, and nobody need follow grants. */
    @Test
    void onlyTradesComeBackWhenNoQueueIsBound() throws Exception {
        Set<String> cameBack = ConcurrentHashMap.newKeySet();
        AtomicLong answered = new AtomicLong();
        Broker broker = new Broker(rabbit.uri(vhost), "test", new Topology(false));
        BrokerLink link = broker.open(new BrokerLink.Listener() {
            @Override
            public void answered(BrokerLink from, long tag, boolean multiple, boolean kept) {
                answered.accumulateAndGet(tag, Math::max);
            }

            @Override
            public void returned(BrokerLink from, String messageId) {
                cameBack.add(messageId);
            }

            @Override
            public void blocked(BrokerLink from, boolean now, String why) {
                // The broker has no alarm.
            }

            @Override
            public void lost(BrokerLink from, ShutdownSignalException cause) {
                // The end of the connection is expected.
            }
        });
        opened((AutoCloseable) link::close);
        TransactionEvents events = new TransactionEvents("main");
        OutboxEvent trade = new OutboxEvent(
                "trade.main.hall",
                TransactionCommitted.newBuilder()
                        .setProposer(TradeParty.newBuilder().setPlayerId(1))
                        .build()
                        .toByteArray());
        link.publish(new Outbound(new OutboxRow(1, "grant:g1", events.describe("grant", null, 1), null, 1, 0), null));
        link.publish(new Outbound(new OutboxRow(2, "1-trade", trade, null, 1, 0), null));

        // The broker confirms in order what it need not store, and returns a message before it confirms it.
        await().atMost(PATIENCE).until(() -> answered.get() == 2);
        assertThat(cameBack).containsExactly("1-trade");
    }

    @Test
    void whatWaitsInTheLedgerQueueIsCounted() throws Exception {
        startWithPatience();
        traders.trade(20);
        await().atMost(PATIENCE).until(() -> traders.outboxRows() == 0);
        Broker broker = new Broker(rabbit.uri(vhost), "test", new Topology(true));
        MonotonicClock clock = MonotonicClock.system();
        await().atMost(PATIENCE).until(() -> {
            try (DeadQueue queues = DeadQueue.open(
                    broker.topology(), broker.connect("test", socket -> {}), clock, clock.millis() + 4_000)) {
                return queues.depths().equals(new DeadQueue.Depths(0, 20));
            }
        });
    }

    /** As after a fail-over: rows that were read are lost, and other trades have got their numbers. */
    @Test
    void tradesThatGotTheNumbersOfLostOnesArePublishedAndNotRemovedWithThem() throws Exception {
        AtomicBoolean lost = new AtomicBoolean();
        start(PATIENT_CONFIRM_SECONDS, OUTBOX_ROWS_MAX, true, real -> withLostRows(real, lost));
        traders.trade(100);
        await("rows that are read, and lost afterwards").atMost(PATIENCE).untilTrue(lost);
        await("the outbox to be empty").atMost(PATIENCE).until(() -> traders.outboxRows() == 0);
        try (QueueReader ledger = new QueueReader(rabbit.uri(vhost), Topology.LEDGER)) {
            await().atMost(PATIENCE)
                    .until(() -> ledger.ids().stream()
                            .filter(id -> !id.endsWith(LOST))
                            .collect(Collectors.toSet())
                            .containsAll(traders.committed()));
        }
    }

    /** The first rows that are read are those of trades that were committed under the same numbers, and lost. */
    private static OutboxStore withLostRows(OutboxStore real, AtomicBoolean lost) {
        return (OutboxStore) Proxy.newProxyInstance(
                OutboxStore.class.getClassLoader(), new Class<?>[] {OutboxStore.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("outbox")) {
                        return method.invoke(real, arguments);
                    }
                    return real.outbox((long) arguments[0], (int) arguments[1])
                            .thenApply(rows -> rows.isEmpty() || !lost.compareAndSet(false, true)
                                    ? rows
                                    : rows.stream()
                                            .map(row -> new OutboxRow(
                                                    row.sequence(),
                                                    row.messageId() + LOST,
                                                    row.event(),
                                                    row.committed(),
                                                    row.atMillis(),
                                                    row.read()))
                                            .toList());
                });
    }

    @Test
    void whatCannotBeRoutedGoesToTheDeadLettersAndHoldsUpNothing() throws Exception {
        startWithPatience();
        traders.trade(50);
        String lost = traders.tradeTo("elsewhere.main.hall");
        traders.trade(50);
        everythingArrives(Set.of());

        try (QueueReader dead = new QueueReader(rabbit.uri(vhost), Topology.DEAD)) {
            await().atMost(PATIENCE).until(() -> dead.size() == 1);
            Delivery letter = dead.deliveries().get(0);
            assertThat(letter.getProperties().getMessageId()).isEqualTo(lost);
            assertThat(letter.getProperties().getHeaders().get("original-routing-key"))
                    .hasToString("elsewhere.main.hall");
            assertThat(String.valueOf(letter.getProperties().getHeaders().get("dead-because")))
                    .contains("no queue is bound");
            assertThat(TransactionCommitted.parseFrom(letter.getBody()).getMessageId())
                    .isEqualTo(lost);
        }
        assertThat(count("dead")).isEqualTo(1);
        assertThat(feed.status().deadLetters()).isEqualTo(1);
    }

    @Test
    void aMessageThatTheBrokerWillNotHaveGoesToTheDeadLettersAndHoldsUpNothing() throws Exception {
        startWithPatience();
        traders.trade(50);
        String lost = traders.tradeWithBody(new byte[220_000]);
        traders.trade(50);
        everythingArrives(Set.of());

        try (QueueReader dead = new QueueReader(rabbit.uri(vhost), Topology.DEAD)) {
            await().atMost(PATIENCE).until(() -> dead.size() == 1);
            assertThat(dead.ids()).containsExactly(lost);
        }
    }

    @Test
    void aBrokerThatIsDownAtTheStartGetsTheTradesLater() throws Exception {
        network.refuse();
        start();
        traders.trade(200);
        assertThat(feed.status().connected()).isFalse();
        assertThat(traders.outboxRows()).isEqualTo(200);
        await("an age to be shown").atMost(PATIENCE).until(() -> feed.status().oldestAgeMillis() > 0);
        network.resume();
        everythingArrives();
    }

    @Test
    void aFullOutboxRefusesTradesUntilThereIsRoom() throws Exception {
        network.refuse();
        start(3, 500);
        traders.trade(2_000);
        assertThat(traders.refused()).isPositive();
        assertThat(traders.committed()).hasSizeLessThan(2_000);
        network.resume();
        await().atMost(PATIENCE).until(() -> traders.outboxRows() == 0);
        int before = traders.committed().size();
        traders.trade(100);
        assertThat(traders.committed()).hasSize(before + 100);
        everythingArrives();
    }

    @Test
    void aCloseEndsSoonWhateverTheBrokerDoes() throws Exception {
        start();
        traders.storm(2_000);
        await().atMost(PATIENCE).until(() -> count("confirmed") > 500);
        network.freeze();
        await().atMost(PATIENCE).until(() -> traders.outboxRows() > 1_000);
        traders.pause();
        long start = FairTime.nanos();
        feed.close();
        assertThat(Duration.ofNanos(FairTime.nanos() - start)).isLessThan(Duration.ofSeconds(6));
        network.resume();
        assertThat(traders.outboxRows()).isPositive();
    }

    @Test
    void aCloseRemovesWhatWasConfirmed() throws Exception {
        start();
        traders.trade(1_000);
        feed.close();
        try (QueueReader ledger = new QueueReader(rabbit.uri(vhost), Topology.LEDGER)) {
            long published = (long) count("confirmed");
            assertThat(traders.outboxRows()).isEqualTo(1_000 - published);
            await().atMost(PATIENCE).until(() -> ledger.size() >= published);
        }
    }
}
