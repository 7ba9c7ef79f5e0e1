package tavern.server.feed.rabbitmq;

import com.rabbitmq.client.ShutdownSignalException;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.cluster.Leases;
import tavern.server.feed.DeadLetters;
import tavern.server.feed.Feed;
import tavern.server.feed.FeedOpenException;
import tavern.server.feed.FeedSettings;
import tavern.server.feed.FeedStatus;
import tavern.server.game.RoomId;
import tavern.server.game.Settlement;
import tavern.server.store.OutboxEvent;
import tavern.server.store.Store;

/** Every committed trade to RabbitMQ, at least once. */
public final class RabbitFeed implements Feed {
    private static final Logger log = LoggerFactory.getLogger(RabbitFeed.class);
    private static final long WATCH_MILLIS = 250;

    private final TradeEvents events;
    private final Relay relay;
    private final LetterDesk letters;
    private final Thread thread;
    private final ScheduledExecutorService watchdog;

    /**
     * Looks once whether the broker will have us, then publishes what one node at a time may publish. Blocks, for some
     * seconds at most. A broker that is not there is no reason to fail: trades wait in the outbox.
     *
     * @param realm of the routing keys
     * @param nodeId for the name of the connections
     * @throws FeedOpenException when the broker refuses what is configured
     */
    public static RabbitFeed start(
            FeedSettings.RabbitMq settings,
            String realm,
            String nodeId,
            Store store,
            Leases leases,
            InstantSource clock,
            MeterRegistry registry) {
        Broker broker = new Broker(settings.uri(), "tavern " + nodeId);
        tryOnce(broker);
        FeedMetrics metrics = new FeedMetrics(registry);
        RabbitFeed feed = new RabbitFeed(
                new TradeEvents(realm),
                new Relay(broker, settings, store, leases, clock, metrics),
                new LetterDesk(broker, clock, metrics));
        metrics.show(feed::status);
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

    private RabbitFeed(TradeEvents events, Relay relay, LetterDesk letters) {
        this.events = events;
        this.relay = relay;
        this.letters = letters;
        thread = new FeedThreads("feed-relay").newThread(relay);
        watchdog = Executors.newSingleThreadScheduledExecutor(new FeedThreads("feed-watchdog"));
        watchdog.scheduleWithFixedDelay(this::watch, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
        thread.start();
    }

    @Override
    public OutboxEvent describe(Settlement settlement, RoomId room, long fence, long atMillis) {
        return events.describe(settlement, room, fence, atMillis);
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
    public DeadLetters deadLetters() {
        return letters;
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

    /** For a connection that is closed at once. */
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
            // It is closed already.
        }

        @Override
        public void lost(BrokerLink link, ShutdownSignalException cause) {
            // As it should be.
        }
    }
}
