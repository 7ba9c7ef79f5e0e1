package tavern.server.feed.rabbitmq;

import com.google.protobuf.ByteString;
import com.rabbitmq.client.ShutdownSignalException;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.cluster.Leases;
import tavern.server.feed.DeadLetters;
import tavern.server.feed.Feed;
import tavern.server.feed.FeedOpenException;
import tavern.server.feed.FeedSettings;
import tavern.server.feed.FeedStatus;
import tavern.server.game.Settlement;
import tavern.server.store.AuditAnchors;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutboxStore;
import tavern.server.store.Transaction.RoomFence;
import tavern.server.time.Clocks;

/** Publishes every committed change of goods to RabbitMQ, at least once. */
public final class RabbitFeed implements Feed {
    private static final Logger log = LoggerFactory.getLogger(RabbitFeed.class);
    private static final long WATCH_MILLIS = 250;

    private final TransactionEvents events;
    private final Relay relay;
    private final LetterDesk letters;
    private final AnchorQueue anchor;
    private final Thread thread;
    private final ScheduledExecutorService watchdog;

    /**
     * Checks once whether the broker accepts the configuration, then starts the relay; one node at a time publishes.
     * Blocks, for some seconds at most. Does not fail if the broker cannot be reached: trades wait in the outbox.
     *
     * @param realm for the routing keys
     * @param nodeId for the names of the connections
     * @param published is told the id of each message that the broker has confirmed; must be quick
     * @throws FeedOpenException when the broker refuses what is configured
     */
    public static RabbitFeed start(
            FeedSettings.RabbitMq settings,
            String realm,
            String nodeId,
            OutboxStore store,
            Leases leases,
            Clocks clocks,
            MeterRegistry registry,
            Consumer<String> published) {
        Broker broker = new Broker(settings.uri(), "tavern " + nodeId, new Topology(settings.ledgerQueue()));
        tryOnce(broker);
        FeedMetrics metrics = new FeedMetrics(registry);
        RabbitFeed feed = new RabbitFeed(
                new TransactionEvents(realm),
                new Relay(broker, settings, store, leases, clocks, metrics, published),
                new LetterDesk(broker, clocks.monotonic(), metrics),
                new AnchorQueue(broker, realm));
        metrics.show(feed::status, feed::ledgerMessages);
        return feed;
    }

    private static void tryOnce(Broker broker) {
        try {
            broker.open(new Nobody()).close();
        } catch (IOException | TimeoutException | GeneralSecurityException | RuntimeException e) {
            String cure = Problems.cure(e);
            if (cure != null) {
                throw new FeedOpenException(
                        "feed.rabbitmq.uri = " + broker + ": " + Problems.inWords(e) + "; " + cure, e);
            }
            log.warn("{}: {}; trades go on, and are published once it answers", broker, Problems.inWords(e));
        }
    }

    private RabbitFeed(TransactionEvents events, Relay relay, LetterDesk letters, AnchorQueue anchor) {
        this.events = events;
        this.relay = relay;
        this.letters = letters;
        this.anchor = anchor;
        thread = new FeedThreads("feed-relay").newThread(relay);
        watchdog = Executors.newSingleThreadScheduledExecutor(new FeedThreads("feed-watchdog"));
        watchdog.scheduleWithFixedDelay(this::watch, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
        thread.start();
    }

    @Override
    public OutboxEvent describe(Settlement trade, RoomFence fence, long atMillis) {
        return events.describe(trade, fence, atMillis);
    }

    @Override
    public OutboxEvent describe(String kind, @Nullable RoomFence fence, long atMillis) {
        return events.describe(kind, fence, atMillis);
    }

    @Override
    public OutboxEvent describe(String event, ByteString body, RoomFence fence, long atMillis) {
        return events.describe(event, body, fence, atMillis);
    }

    @Override
    public void committed() {
        relay.wake();
    }

    private void watch() {
        relay.watch();
        letters.watch();
    }

    @Override
    public FeedSettings.Kind kind() {
        return FeedSettings.Kind.RABBITMQ;
    }

    @Override
    public FeedStatus status() {
        return relay.status();
    }

    @Override
    public long ledgerMessages() {
        return letters.ledgerMessages();
    }

    @Override
    public DeadLetters deadLetters() {
        return letters;
    }

    @Override
    public Optional<AuditAnchors> auditAnchors() {
        return Optional.of(anchor);
    }

    @Override
    public void close() {
        letters.close();
        relay.stop();
        try {
            thread.join(Relay.CLOSE_MILLIS_MAX + 500);
            if (thread.isAlive()) {
                relay.cut();
                thread.join(500);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watchdog.shutdownNow();
    }

    /** Ignores all events; for a connection that is closed at once. */
    private static final class Nobody implements BrokerLink.Listener {
        @Override
        public void answered(BrokerLink link, long tag, boolean multiple, boolean kept) {
            // Nothing was published.
        }

        @Override
        public void returned(BrokerLink link, String messageId) {
            // Nothing was published.
        }

        @Override
        public void blocked(BrokerLink link, boolean blocked, String why) {
            // The connection is closed at once anyway.
        }

        @Override
        public void lost(BrokerLink link, ShutdownSignalException cause) {
            // The end of the connection is expected.
        }
    }
}
