package tavern.server.feed.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Date;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.TransactionCommitted;
import tavern.server.feed.DeadLetter;
import tavern.server.feed.DeadLetters;
import tavern.server.feed.DeadLetters.Found;
import tavern.server.feed.DeadLetters.Republished;
import tavern.server.feed.Feed;
import tavern.server.feed.FeedSettings;
import tavern.server.feed.FeedUnavailableException;
import tavern.server.services.FairTime;
import tavern.server.services.RabbitProcess;
import tavern.server.services.TcpProxy;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.Clocks;

/** Trades that no queue is bound for become dead letters of a real broker; operators look at them and send them on. */
@SuppressWarnings("NullAway.Init") // each test has a vhost of its own
final class DeadLettersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NOWHERE = "elsewhere.main.hall";
    private static final String LATER = "later";
    private static final int LOOK_MAX = 100;

    @TempDir
    static Path brokerFolder;

    private static RabbitProcess rabbit;

    @TempDir
    Path folder;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private String vhost;
    private TcpProxy network;
    private Channel channel;
    private Feed feed;
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
    void start() throws Exception {
        vhost = rabbit.newVhost();
        network = opened(TcpProxy.to(rabbit.port()));
        EmbeddedStore store = opened(EmbeddedStore.open(StoreSettings.embedded(folder, 50_000, 100_000)));
        feed = opened(RabbitFeed.start(
                new FeedSettings.RabbitMq(RabbitProcess.uri(network.port(), vhost), true, 1_000, 60),
                "main",
                "test",
                store,
                new ScriptedLeases(),
                Clocks.system(),
                new SimpleMeterRegistry(),
                id -> {}));
        traders = opened(new Traders(store, feed));
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(rabbit.uri(vhost));
        Connection connection = factory.newConnection("test");
        opened((AutoCloseable) () -> connection.abort(1_000));
        channel = connection.createChannel();
        await().atMost(PATIENCE).until(() -> feed.status().connected());
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

    private static <T> T answer(CompletionStage<T> asked) throws Exception {
        return asked.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /**
     * Looks at so many letters. The broker puts back what an order has taken when it has closed the order's channel; and on a
     * busy machine the time of a look may be over before it has seen all letters: then looks again.
     */
    private Found look(int expected) {
        awaitLetters(expected);
        return await("a complete look")
                .atMost(PATIENCE)
                .ignoreException(ExecutionException.class)
                .until(
                        () -> answer(feed.deadLetters().look(LOOK_MAX)),
                        found -> found.total() == expected && found.letters().size() == Math.min(LOOK_MAX, expected));
    }

    private Republished republish(@Nullable String messageId) throws Exception {
        return answer(feed.deadLetters().republish(messageId));
    }

    private List<String> ids(int expected) {
        return look(expected).letters().stream().map(DeadLetter::messageId).toList();
    }

    /** Trades that become dead letters, in order. */
    private List<String> lose(int count) throws Exception {
        List<String> lost = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lost.add(traders.tradeTo(NOWHERE));
        }
        awaitLetters(count);
        return lost;
    }

    /** Dead letters, in order, as the feed would put them there. */
    private List<String> put(int count) throws Exception {
        List<String> ids = IntStream.range(0, count).mapToObj(i -> "trade" + i).toList();
        for (String id : ids) {
            AMQP.BasicProperties letter = new AMQP.BasicProperties.Builder()
                    .messageId(id)
                    .deliveryMode(2)
                    .timestamp(new Date(1_700_000_000_000L))
                    .headers(Map.of(
                            "dead-because",
                            "no queue is bound for its routing key",
                            "original-routing-key",
                            NOWHERE,
                            "original-bytes",
                            4))
                    .build();
            channel.basicPublish(Topology.DEAD, NOWHERE, letter, new byte[4]);
        }
        awaitLetters(count);
        return ids;
    }

    /** Without a look, which would take them for a moment. */
    private void awaitLetters(int count) {
        await("the dead letters").atMost(PATIENCE).until(() -> channel.messageCount(Topology.DEAD) == count);
    }

    private void bind() throws Exception {
        channel.queueDeclare(LATER, true, false, false, Map.of("x-queue-type", "quorum"));
        channel.queueBind(LATER, Topology.EXCHANGE, "elsewhere.#");
    }

    @Test
    void lookingTakesNothingAway() throws Exception {
        assertThat(look(0)).isEqualTo(new Found(List.of(), 0));
        List<String> lost = put(3);

        for (int i = 0; i < 3; i++) {
            assertThat(ids(3)).as("look " + i).containsExactlyElementsOf(lost);
        }
        awaitLetters(3);
        Found two = answer(feed.deadLetters().look(2));
        assertThat(two.letters()).hasSize(2);
        assertThat(two.total()).isEqualTo(3);
        await().atMost(PATIENCE).until(() -> answer(feed.deadLetters().count()) == 3);
        DeadLetter letter = look(3).letters().get(0);
        assertThat(letter.routingKey()).isEqualTo(NOWHERE);
        assertThat(letter.reason()).contains("no queue is bound");
        assertThat(letter.atMillis()).isPositive();
        assertThat(letter.bytes()).isPositive();
    }

    @Test
    void whatIsRepublishedArrivesOnceAsItWouldHaveAtFirst() throws Exception {
        assertThat(feed.deadLetters().isSuspected()).isFalse();
        List<String> lost = lose(5);
        await("the last confirm").atMost(PATIENCE).until(() -> feed.status().deadLetters() == 5);
        assertThat(feed.deadLetters().isSuspected()).isTrue();
        bind();

        assertThat(republish(null)).isEqualTo(new Republished(5, 0, 0, 0));
        assertThat(look(0).total()).isZero();
        try (QueueReader later = new QueueReader(rabbit.uri(vhost), LATER)) {
            await().atMost(PATIENCE).until(() -> later.size() == 5);
            assertThat(later.ids()).containsExactlyElementsOf(lost);
            assertThat(later.deliveries()).hasSize(5);
            Delivery first = later.deliveries().get(0);
            AMQP.BasicProperties properties = first.getProperties();
            TransactionCommitted body = TransactionCommitted.parseFrom(first.getBody());
            assertThat(first.getEnvelope().getRoutingKey()).isEqualTo(NOWHERE);
            assertThat(body.getMessageId()).isEqualTo(lost.get(0)).isEqualTo(properties.getMessageId());
            assertThat(properties.getDeliveryMode()).isEqualTo(2);
            assertThat(properties.getType()).isEqualTo("tavern.v1.TransactionCommitted");
            assertThat(properties.getTimestamp()).hasTime(body.getCommittedAtMs() / 1000 * 1000);
            assertThat(properties.getHeaders()).containsOnlyKeys("realm", "room", "fence");
            assertThat(properties.getHeaders()).containsEntry("fence", body.getFence());
        }
        assertThat(republish(null)).isEqualTo(new Republished(0, 0, 0, 0));
        await("that they are gone for good")
                .atMost(PATIENCE)
                .until(() -> !feed.deadLetters().isSuspected());
    }

    /** A count that is not one of those which the feed makes by itself, and answers with for a while. */
    private CompletableFuture<Long> pendingCount() {
        return await("a count of its own")
                .atMost(PATIENCE)
                .until(() -> feed.deadLetters().count().toCompletableFuture(), count -> !count.isDone());
    }

    @Test
    void whoWaitsWhenTheFeedIsClosedIsTold() throws Exception {
        network.freeze();
        CompletableFuture<Long> count = pendingCount();
        List<CompletableFuture<Found>> asked = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            asked.add(feed.deadLetters().look(1).toCompletableFuture());
        }
        feed.close();

        for (CompletableFuture<?> each : List.of(asked.get(0), asked.get(1), asked.get(2), count)) {
            assertThatThrownBy(() -> answer(each)).hasCauseInstanceOf(FeedUnavailableException.class);
        }
    }

    @Test
    void allWhoCountAtOnceShareOneAnswerGoodOrBad() throws Exception {
        network.freeze();
        List<CompletableFuture<Long>> asked = new ArrayList<>();
        asked.add(pendingCount());
        for (int i = 0; i < LetterDesk.WAITING_MAX + 5; i++) {
            asked.add(feed.deadLetters().count().toCompletableFuture());
        }
        Set<Throwable> answers = new HashSet<>();
        for (CompletableFuture<Long> each : asked) {
            answers.add(catchThrowable(() -> answer(each)).getCause());
        }
        assertThat(answers).singleElement().isInstanceOf(FeedUnavailableException.class);
        assertThat(feed.deadLetters().count().toCompletableFuture()).isCompletedExceptionally();
        network.resume();
    }

    @Test
    void oneCanBeRepublishedAndTheOthersStayInOrder() throws Exception {
        List<String> lost = put(4);
        bind();

        assertThat(republish(lost.get(2))).isEqualTo(new Republished(1, 0, 0, 3));
        assertThat(ids(3)).containsExactly(lost.get(0), lost.get(1), lost.get(3));
        awaitLetters(3);
        assertThat(republish(lost.get(2)).seen()).as("it is not there any more").isZero();
        try (QueueReader later = new QueueReader(rabbit.uri(vhost), LATER)) {
            await().atMost(PATIENCE).until(() -> later.size() == 1);
            assertThat(later.ids()).containsExactly(lost.get(2));
        }
    }

    @Test
    void whatComesBackStays() throws Exception {
        List<String> lost = put(3);

        // As often as it takes on a busy machine to get through all of them within the time of one command.
        Republished done = await().atMost(PATIENCE)
                .ignoreException(ExecutionException.class)
                .until(() -> republish(null), all -> all.seen() == 3);
        assertThat(done).isEqualTo(new Republished(0, 3, 0, 3));
        assertThat(ids(3)).containsExactlyElementsOf(lost);
        assertThat(look(3).letters().get(0).reason()).contains("no queue is bound");
    }

    /** As the relay does when nobody has bound a queue for a message that is not of a trade. */
    @Test
    void aLetterThatNobodyNeedFollowDoesNotStayWhenItComesBack() throws Exception {
        byte[] grant = TransactionCommitted.newBuilder()
                .setKind("grant")
                .setMessageId("grant:g1")
                .build()
                .toByteArray();
        AMQP.BasicProperties letter = new AMQP.BasicProperties.Builder()
                .messageId("grant:g1")
                .deliveryMode(2)
                .headers(Map.of("original-routing-key", "grant.main.-", "original-bytes", grant.length))
                .build();
        channel.basicPublish(Topology.DEAD, "grant.main.-", letter, grant);
        awaitLetters(1);

        assertThat(republish(null)).isEqualTo(new Republished(1, 0, 0, 0));
        assertThat(look(0).total()).isZero();
    }

    @Test
    void aLetterWhoseBodyWasLeftOutStays() throws Exception {
        String lost = "7-large";
        AMQP.BasicProperties letter = new AMQP.BasicProperties.Builder()
                .messageId(lost)
                .deliveryMode(2)
                .headers(Map.of("original-routing-key", NOWHERE, "original-bytes", 2 << 20))
                .build();
        channel.basicPublish(Topology.DEAD, NOWHERE, letter, new byte[0]);
        awaitLetters(1);

        assertThat(look(1).letters().get(0).bytes()).isEqualTo(2 << 20);
        awaitLetters(1);
        assertThat(republish(null)).isEqualTo(new Republished(0, 0, 1, 1));
        assertThat(ids(1)).containsExactly(lost);
    }

    /** More than one order takes at a time. */
    @Test
    void manyAreRepublishedInOrderAndNoMoreThanABoundAtATime() throws Exception {
        bind();
        int all = DeadLetters.LETTERS_MAX + 200;
        put(all);
        assertThat(look(all).letters()).hasSize(LOOK_MAX);

        int published = 0;
        while (published < all) {
            awaitLetters(all - published);
            Republished done = republish(null);
            assertThat(done.published()).isBetween(1, DeadLetters.LETTERS_MAX);
            published += done.published();
            assertThat(done.left()).isEqualTo(all - published);
        }
        try (QueueReader later = new QueueReader(rabbit.uri(vhost), LATER)) {
            await().atMost(PATIENCE).until(() -> later.size() == all);
            assertThat(later.deliveries()).hasSize(all);
            assertThat(later.ids().subList(0, 3)).containsExactly("trade0", "trade1", "trade2");
        }
    }

    @Test
    void aBrokerThatIsDownIsAClearAnswer() throws Exception {
        List<String> lost = put(2);
        network.refuse();
        network.cut();

        assertThatThrownBy(() -> answer(feed.deadLetters().look(LOOK_MAX)))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(FeedUnavailableException.class)
                .hasMessageContaining("RabbitMQ: ");
        assertThatThrownBy(() -> republish(null))
                .cause()
                .isInstanceOfSatisfying(
                        FeedUnavailableException.class,
                        away -> assertThat(away.isInDoubt()).isFalse());
        network.resume();
        assertThat(ids(2)).containsExactlyElementsOf(lost);
    }

    @Test
    void aBrokerThatIsSilentIsGivenUpInTimeAndHoldsUpNobodyForLong() throws Exception {
        List<String> lost = put(2);
        network.freeze();
        long start = FairTime.nanos();
        List<CompletableFuture<Found>> asked = new ArrayList<>();
        for (int i = 0; i < LetterDesk.WAITING_MAX + 5; i++) {
            asked.add(feed.deadLetters().look(1).toCompletableFuture());
        }
        assertThat(asked.get(asked.size() - 1)).as("one more than may wait").isCompletedExceptionally();
        for (CompletableFuture<Found> each : asked) {
            assertThatThrownBy(() -> answer(each)).hasCauseInstanceOf(FeedUnavailableException.class);
        }
        assertThat(Duration.ofNanos(FairTime.nanos() - start)).isLessThan(Duration.ofSeconds(10));
        network.resume();
        network.cut();
        assertThat(ids(2)).containsExactlyElementsOf(lost);
    }

    @Test
    void aBrokerWithAnAlarmIsNamedAndNothingIsLost() throws Exception {
        List<String> lost = put(3);
        bind();
        rabbit.raiseMemoryAlarm();
        try {
            assertThatThrownBy(() -> republish(null))
                    .hasMessageContaining("takes nothing now")
                    .cause()
                    .isInstanceOfSatisfying(
                            FeedUnavailableException.class,
                            away -> assertThat(away.isInDoubt())
                                    .as("the first was given to the broker")
                                    .isTrue());
        } finally {
            rabbit.clearMemoryAlarm();
        }
        await("all where they belong")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> republish(null).left() == 0);
        try (QueueReader later = new QueueReader(rabbit.uri(vhost), LATER)) {
            await().atMost(PATIENCE).until(() -> later.size() == 3);
            assertThat(later.ids()).containsExactlyInAnyOrderElementsOf(lost);
        }
    }
}
