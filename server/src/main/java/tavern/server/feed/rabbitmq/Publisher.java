package tavern.server.feed.rabbitmq;

import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.OutboxRow;

/**
 * The connection, one after another, and what is in flight on it. Whatever goes wrong ends in {@link Events#goBack}:
 * rows that are not confirmed are read and published again. Belongs to the relay's thread, but for {@link #watch}.
 */
final class Publisher implements BrokerLink.Listener {
    /** What the relay hears. */
    interface Events {
        void delivered(OutboxRow row);

        /** Something is to be published again: read anew once nothing is under way. */
        void goBack();
    }

    private static final Logger log = LoggerFactory.getLogger(Publisher.class);

    /** The lease is looked at between batches. */
    private static final int BATCH_MAX = 256;

    private final Broker broker;
    private final Inbox inbox;
    private final Events events;
    private final InstantSource clock;
    private final FeedMetrics metrics;
    private final long confirmMillisMax;
    private final Window window;
    private final Attempts attempts = new Attempts();
    private final Outage outage;
    private final Backoff reconnecting;
    private final Backoff retrying;
    private @Nullable BrokerLink link;
    private boolean proven;
    private boolean blocked;
    private boolean unroutable;
    private int suspects;
    private long goAtMillis;
    private long unblockedMillis;

    /** Since when the broker has kept nothing of what it answered for; {@code Long.MAX_VALUE}: it keeps messages. */
    private long failingSinceMillis = Long.MAX_VALUE;

    /** The connection that the relay's thread may hang on, and since when; 0: it does not. For the watchdog. */
    private volatile @Nullable BrokerLink hanging;

    private volatile long hangingSinceMillis;

    Publisher(
            Broker broker,
            Inbox inbox,
            Events events,
            InstantSource clock,
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
        window = new Window(inFlightMax);
        outage = new Outage(broker.toString());
        reconnecting = new Backoff(100, 5_000, random.split());
        retrying = new Backoff(200, 2_000, random.split());
    }

    // ---- what the relay asks ----

    boolean isConnected() {
        return link != null;
    }

    boolean isBlocked() {
        return blocked;
    }

    Window window() {
        return window;
    }

    Outage outage() {
        return outage;
    }

    /** Connects when it is time to, and gives up a connection that does not answer. */
    void tend(long nowMillis) {
        if (link == null && nowMillis >= goAtMillis) {
            connect();
        } else if (link != null && unroutable && window.isEmpty()) {
            declareAgain(link, nowMillis);
        } else if (link != null && !blocked && waitedMillis(nowMillis) > confirmMillisMax) {
            lose(new TimeoutException("no confirm for " + confirmMillisMax / 1000 + " s"));
        } else if (link != null && nowMillis - failingSinceMillis > confirmMillisMax) {
            // A channel can be stuck with a queue that was deleted and made anew; another one is not.
            lose(new IOException("nothing but failures to keep messages for " + confirmMillisMax / 1000 + " s"));
        }
    }

    private long waitedMillis(long nowMillis) {
        long since = window.waitingSinceMillis();
        return since == Long.MAX_VALUE ? 0 : nowMillis - Math.max(since, unblockedMillis);
    }

    /** Messages that may be published now. */
    int room(long nowMillis) {
        if (link == null || blocked || unroutable || nowMillis < goAtMillis) {
            return 0;
        }
        // One message shows whether the broker takes anything; after a refusal, which of them it was.
        return proven && suspects == 0 ? window.free() : window.isEmpty() ? 1 : 0;
    }

    /** Publishes some of the rows. May block: only the watchdog ends that. */
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

    /** In good order; nothing is published after this until {@link #tend}. */
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

    /** On the watchdog's thread: frees the relay's thread from a broker that does not read. */
    void watch() {
        BrokerLink stuck = hanging;
        if (stuck != null && clock.millis() - hangingSinceMillis > confirmMillisMax) {
            log.warn("{} has not read for {} s: the connection is given up", broker, confirmMillisMax / 1000);
            stuck.cut();
        }
    }

    /** On any thread. */
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

    // Whatever the client throws, the next attempt comes.
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

    /** The broker does not say which message it will not have: from now on they go one by one. */
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

    // ---- what the broker says: on the client's thread, so each leaves a note ----

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

    private final Window.Outcome outcome = new Window.Outcome() {
        @Override
        public void delivered(Outbound message) {
            proven = true;
            failingSinceMillis = Long.MAX_VALUE;
            suspects = Math.max(0, suspects - 1);
            reconnecting.reset();
            if (!blocked) {
                // Confirms of what went out before the alarm do not end it.
                outage.ended();
            }
            attempts.succeeded(message.row().messageId());
            if (message.givenUp() != null) {
                metrics.dead.increment();
                outage.dead(message.row().messageId(), message.givenUp().why());
            } else {
                metrics.confirmed.increment();
                retrying.reset();
            }
            events.delivered(message.row());
        }

        @Override
        public void refused(Outbound message, boolean returned) {
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
