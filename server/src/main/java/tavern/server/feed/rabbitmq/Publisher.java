package tavern.server.feed.rabbitmq;

import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.OutboxRow;
import tavern.server.time.MonotonicClock;

/**
 * Publishes over a sequence of connections, and keeps track of what is in flight. Every failure ends in {@link
 * Events#goBack}: rows that are not confirmed are read and published again. Confined to the relay's thread, except
 * {@link #watch} and {@link #cut}.
 */
final class Publisher implements BrokerLink.Listener {
    /** Events for the relay. */
    interface Events {
        void delivered(OutboxRow row);

        /** Something must be published again: the relay reads it again once nothing is in progress. */
        void goBack();
    }

    private static final Logger log = LoggerFactory.getLogger(Publisher.class);

    /** Bounded, because the lease is checked between batches. */
    private static final int BATCH_MAX = 256;

    private final Broker broker;
    private final Inbox inbox;
    private final Events events;
    private final MonotonicClock clock;
    private final FeedMetrics metrics;
    private final long confirmMillisMax;
    private final PublishWindow window;
    private final Attempts attempts = new Attempts();
    private final Outage outage;
    private final Backoff reconnecting;
    private final Backoff retrying;
    private @Nullable BrokerLink link;
    private boolean proven;
    private boolean blocked;
    private boolean unroutable;

    /** Whether the newest confirmed trade was routed to no queue, while none was required. */
    private boolean unrouted;

    private int suspects;
    private long goAtMillis;
    private long unblockedMillis;

    /**
     * Since when the broker has kept none of the messages it answered; {@code Long.MAX_VALUE} while it keeps messages.
     */
    private long failingSinceMillis = Long.MAX_VALUE;

    /** The connection that the relay's thread may be blocked on, or null. For the watchdog. */
    private volatile @Nullable BrokerLink hanging;

    private volatile long hangingSinceMillis;

    Publisher(
            Broker broker,
            Inbox inbox,
            Events events,
            MonotonicClock clock,
            FeedMetrics metrics,
            int inFlightMax,
            long confirmMillisMax,
            SplittableRandom random) {
        this.broker = broker;
        this.inbox = inbox;
        this.events = events;
        this.clock = clock;
        this.metrics = metrics;
        this.confirmMillisMax = confirmMillisMax;
        window = new PublishWindow(inFlightMax);
        outage = new Outage(broker.toString());
        reconnecting = new Backoff(100, 5_000, random.split());
        retrying = new Backoff(200, 2_000, random.split());
    }

    // ---- called by the relay ----

    boolean isConnected() {
        return link != null;
    }

    boolean isBlocked() {
        return blocked;
    }

    boolean isUnrouted() {
        return unrouted;
    }

    PublishWindow window() {
        return window;
    }

    Outage outage() {
        return outage;
    }

    /** Connects when it is time to, and drops a connection that does not answer. */
    void tend(long nowMillis) {
        if (link == null && nowMillis >= goAtMillis) {
            connect();
        } else if (link != null && unroutable && window.isEmpty()) {
            declareAgain(link, nowMillis);
        } else if (link != null && !blocked && waitedMillis(nowMillis) > confirmMillisMax) {
            lose(new TimeoutException("no confirm for " + confirmMillisMax / 1000 + " s"));
        } else if (link != null && nowMillis - failingSinceMillis > confirmMillisMax) {
            // A channel can be stuck with a queue that was deleted and created again; a new channel is not.
            lose(new IOException("nothing but failures to keep messages for " + confirmMillisMax / 1000 + " s"));
        }
    }

    private long waitedMillis(long nowMillis) {
        long since = window.waitingSinceMillis();
        return since == Long.MAX_VALUE ? 0 : nowMillis - Math.max(since, unblockedMillis);
    }

    /** How many messages may be published now. */
    int room(long nowMillis) {
        if (link == null || blocked || unroutable || nowMillis < goAtMillis) {
            return 0;
        }
        // A single message shows whether the broker accepts anything and, after a refusal, which message it refuses.
        return proven && suspects == 0 ? window.free() : window.isEmpty() ? 1 : 0;
    }

    /** Publishes some of the rows. May block until the watchdog ends it. */
    void publish(Pages pages, long nowMillis) {
        BrokerLink open = link;
        int room = Math.min(BATCH_MAX, room(nowMillis));
        if (open == null || room == 0 || pages.peek() == null) {
            return;
        }
        try {
            mayHang(open);
            open.cork();
            for (OutboxRow row = next(pages, room); row != null; row = next(pages, --room)) {
                Outbound message = new Outbound(row, attempts.givenUp(row.messageId()));
                window.add(message, nowMillis);
                open.publish(message);
                metrics.published.increment();
            }
            open.uncork();
        } catch (IOException | RuntimeException e) {
            lose(e);
        } finally {
            hanging = null;
        }
    }

    private static @Nullable OutboxRow next(Pages pages, int room) {
        return room > 0 ? pages.next() : null;
    }

    /** Disconnects in an orderly way; nothing is published until the next {@link #tend}. */
    void disconnect() {
        BrokerLink open = link;
        if (open != null) {
            mayHang(open);
            open.close();
            hanging = null;
        }
        link = null;
        window.restart();
        blocked = false;
    }

    /** Called on the watchdog's thread: frees the relay's thread from a broker that does not read. */
    void watch() {
        BrokerLink stuck = hanging;
        if (stuck != null && clock.millis() - hangingSinceMillis > confirmMillisMax) {
            log.warn("{} has not read for {} s: the connection is given up", broker, confirmMillisMax / 1000);
            stuck.cut();
        }
    }

    /** Safe on any thread. */
    void cut() {
        BrokerLink stuck = hanging;
        if (stuck != null) {
            stuck.cut();
        }
    }

    private void mayHang(BrokerLink open) {
        hangingSinceMillis = clock.millis();
        hanging = open;
    }

    // ---- connections ----

    // Whatever the client throws, there must be a next attempt.
    @SuppressWarnings("IllegalCatch")
    private void connect() {
        try {
            link = broker.open(this);
            proven = false;
            blocked = false;
            unroutable = false;
            unblockedMillis = 0;
            failingSinceMillis = Long.MAX_VALUE;
            window.restart();
            metrics.reconnects.increment();
            events.goBack();
        } catch (IOException | TimeoutException | GeneralSecurityException | RuntimeException e) {
            outage.began(Problems.inWords(e));
            goAtMillis = clock.millis() + reconnecting.nextMillis();
        }
    }

    private void lose(Exception cause) {
        blame(cause);
        BrokerLink lost = link;
        if (lost != null) {
            lost.cut();
        }
        link = null;
        blocked = false;
        window.restart();
        outage.began(Problems.inWords(cause));
        goAtMillis = clock.millis() + reconnecting.nextMillis();
        events.goBack();
    }

    /** The broker does not say which message it refuses, so from now on they are published one at a time. */
    private void blame(Exception cause) {
        Outbound oldest = window.oldest();
        if (oldest == null || !Problems.isRefusalOfAMessage(cause)) {
            return;
        }
        if (window.size() == 1) {
            attempts.refused(oldest.row().messageId(), Problems.inWords(cause));
        }
        suspects = window.size();
    }

    private void declareAgain(BrokerLink open, long nowMillis) {
        try {
            mayHang(open);
            open.declareAgain();
            unroutable = false;
            goAtMillis = nowMillis + retrying.nextMillis();
        } catch (IOException | RuntimeException e) {
            lose(e);
        } finally {
            hanging = null;
        }
    }

    // ---- called by the broker's client on its own thread: each method adds a task to the inbox ----

    @Override
    public void answered(BrokerLink from, long tag, boolean multiple, boolean kept) {
        inbox.add(() -> {
            if (from == link) {
                window.answered(tag, multiple, kept, outcome);
            }
        });
    }

    @Override
    public void returned(BrokerLink from, String messageId) {
        inbox.add(() -> {
            if (from == link) {
                window.returned(messageId);
            }
        });
    }

    @Override
    public void blocked(BrokerLink from, boolean now, String why) {
        inbox.add(() -> {
            if (from == link && now != blocked) {
                blocked = now;
                unblockedMillis = clock.millis();
                outage.blocked(now, why);
            }
        });
    }

    @Override
    public void lost(BrokerLink from, ShutdownSignalException cause) {
        inbox.add(() -> {
            if (from == link) {
                lose(cause);
            }
        });
    }

    private final PublishWindow.Outcome outcome = new PublishWindow.Outcome() {
        @Override
        public void delivered(Outbound message) {
            delivered(message, false);
        }

        /** @param toNobody whether no queue is bound for it, and none is required */
        private void delivered(Outbound message, boolean toNobody) {
            proven = true;
            failingSinceMillis = Long.MAX_VALUE;
            suspects = Math.max(0, suspects - 1);
            reconnecting.reset();
            if (!blocked) {
                // Confirms of messages published before the alarm do not end the outage.
                outage.ended();
            }
            attempts.succeeded(message.row().messageId());
            if (message.givenUp() != null) {
                metrics.dead.increment();
                outage.dead(message.row().messageId(), message.givenUp().why());
            } else {
                metrics.confirmed.increment();
                retrying.reset();
                if (toNobody != unrouted
                        && TransactionEvents.isOfTrade(message.row().event().body())) {
                    unrouted = toNobody;
                }
            }
            events.delivered(message.row());
        }

        @Override
        public void refused(Outbound message, boolean returned) {
            // Of what is not given up, only messages of trades are returned.
            if (returned && message.givenUp() == null && !broker.topology().ledgerQueue()) {
                metrics.unrouted.increment();
                outage.unrouted();
                delivered(message, true);
                return;
            }
            proven = true;
            if (returned) {
                metrics.returned.increment();
                attempts.returned(message.row().messageId());
                unroutable = true;
            } else {
                metrics.nacked.increment();
                failingSinceMillis = Math.min(failingSinceMillis, clock.millis());
                goAtMillis = clock.millis() + retrying.nextMillis();
            }
            outage.refused(returned);
            events.goBack();
        }
    };
}
