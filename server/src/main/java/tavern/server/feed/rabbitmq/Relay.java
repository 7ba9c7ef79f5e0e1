package tavern.server.feed.rabbitmq;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.cluster.Lease;
import tavern.server.cluster.Leases;
import tavern.server.feed.FeedSettings;
import tavern.server.feed.FeedStatus;
import tavern.server.store.Causes;
import tavern.server.store.OutboxRow;
import tavern.server.store.OutboxStore;
import tavern.server.time.Clocks;

/**
 * Moves the outbox to the broker. Each turn reads ahead, publishes, and removes what is confirmed. Rows are read from
 * the beginning of the outbox whenever nothing is in progress, otherwise from after the last row read; so after any
 * failure, rows that were not removed are read again, in order.
 */
final class Relay implements Runnable, Publisher.Events {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);
    private static final long WAIT_MILLIS_MAX = 100;
    private static final long STORE_RETRY_MILLIS_MAX = 2_000;
    static final long CLOSE_MILLIS_MAX = 2_000;

    private final OutboxStore store;
    private final Clocks clocks;
    private final Inbox inbox = new Inbox();
    private final Pages pages;
    private final Removals removals;
    private final Publisher publisher;
    private final Mandate mandate;
    private final Backoff storeAway;
    private final FeedMetrics metrics;
    private final int inFlightMax;
    private boolean goingBack;
    private long storeAtMillis;
    private long closeAtMillis = Long.MAX_VALUE;
    private final Consumer<String> published;
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile boolean closing;
    private volatile FeedStatus status = FeedStatus.NONE;

    Relay(
            Broker broker,
            FeedSettings.RabbitMq settings,
            OutboxStore store,
            Leases leases,
            Clocks clocks,
            FeedMetrics metrics,
            Consumer<String> published) {
        SplittableRandom random = new SplittableRandom(clocks.wall().millis());
        this.store = store;
        this.clocks = clocks;
        this.metrics = metrics;
        this.published = published;
        this.inFlightMax = settings.inFlightMax();
        pages = new Pages(store, inbox, this::storeAnswered);
        removals = new Removals(store, inbox, this::storeAnswered, this::numberedAnew);
        mandate = new Mandate(leases, inbox, clocks.monotonic());
        storeAway = new Backoff(50, STORE_RETRY_MILLIS_MAX, random.split());
        publisher = new Publisher(
                broker,
                inbox,
                this,
                clocks.monotonic(),
                metrics,
                inFlightMax,
                settings.confirmTimeoutSeconds() * 1000L,
                random.split());
    }

    // ---- on any thread ----

    /** Adds at most one task: the next one is added only after another read of the outbox has started. */
    void wake() {
        if (!woken.get() && woken.compareAndSet(false, true)) {
            inbox.add(pages::wake);
        }
    }

    FeedStatus status() {
        return status;
    }

    void watch() {
        publisher.watch();
    }

    /** Interrupts whatever the relay's thread is blocked in. */
    void cut() {
        publisher.cut();
    }

    /** Waits briefly for what is in flight, then ends {@link #run}. */
    void stop() {
        inbox.add(() -> closeAtMillis = clocks.monotonic().millis() + CLOSE_MILLIS_MAX);
        closing = true;
    }

    // ---- on the relay's thread ----

    @Override
    public void run() {
        long waitMillis = 0;
        try {
            while (!isDone()) {
                waitMillis = turn(waitMillis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            mandate.end();
            inbox.workOff();
            publisher.disconnect();
            status = FeedStatus.NONE;
        }
    }

    private boolean isDone() {
        return closing && (isNothingUnderWay() || clocks.monotonic().millis() >= closeAtMillis);
    }

    private boolean isNothingUnderWay() {
        return publisher.window().isEmpty() && removals.isEmpty() && (closing || pages.isEmpty());
    }

    // A bug must not end publishing for good.
    @SuppressWarnings("IllegalCatch")
    private long turn(long patienceMillis) throws InterruptedException {
        try {
            inbox.work(patienceMillis);
            long waitMillis = takeTurn(clocks.monotonic().millis());
            status = look();
            return waitMillis;
        } catch (RuntimeException | Error e) {
            log.error("the feed's relay failed; it starts again", e);
            startAnew();
            return WAIT_MILLIS_MAX;
        }
    }

    /** @return how long there is nothing to do, unless a task arrives */
    private long takeTurn(long nowMillis) {
        Lease.State state = mandate.state();
        if (state == Lease.State.LOST) {
            notOurs();
            return WAIT_MILLIS_MAX;
        }
        if (nowMillis >= storeAtMillis) {
            removals.go(nowMillis);
        }
        if (state == Lease.State.UNCERTAIN || closing) {
            return closing ? 1 : WAIT_MILLIS_MAX;
        }
        publisher.tend(nowMillis);
        readAhead(nowMillis);
        if (removals.size() < inFlightMax) {
            publisher.publish(pages, nowMillis);
        }
        return waitMillis(nowMillis);
    }

    private void notOurs() {
        if (publisher.isConnected() || !isNothingUnderWay()) {
            log.warn("another server publishes the realm's trades now");
            startAnew();
        }
        if (!closing) {
            mandate.strive();
        }
    }

    private void readAhead(long nowMillis) {
        if (nowMillis >= storeAtMillis && mayRead() && pages.dueInMillis(nowMillis) == 0) {
            boolean fromStart = isNothingUnderWay();
            goingBack = false;
            woken.set(false);
            pages.read(fromStart, nowMillis);
        }
    }

    private boolean mayRead() {
        return !goingBack || isNothingUnderWay();
    }

    /** Short only when something is due: answers from the broker and the store arrive as tasks. */
    private long waitMillis(long nowMillis) {
        if (pages.peek() != null && publisher.room(nowMillis) > 0 && removals.size() < inFlightMax) {
            return 0;
        }
        if (nowMillis < storeAtMillis) {
            return Math.min(WAIT_MILLIS_MAX, storeAtMillis - nowMillis);
        }
        long readInMillis = mayRead() ? pages.dueInMillis(nowMillis) : WAIT_MILLIS_MAX;
        long dueInMillis = Math.min(readInMillis, removals.dueInMillis(nowMillis));
        return Math.max(1, Math.min(WAIT_MILLIS_MAX, dueInMillis));
    }

    // ---- events ----

    @Override
    public void delivered(OutboxRow row) {
        removals.add(row);
        published.accept(row.messageId());
    }

    @Override
    public void goBack() {
        goingBack = true;
        pages.forget();
    }

    /** When the store is back, rows may be gone or have new numbers: nothing that was read before may be removed. */
    private void storeAnswered(@Nullable Throwable failure) {
        if (failure == null) {
            storeAway.reset();
            return;
        }
        Throwable cause = Causes.of(failure);
        log.debug("the outbox does not answer: {}", cause.toString());
        storeAtMillis = clocks.monotonic().millis() + storeAway.nextMillis();
        publisher.window().forget();
        removals.forget();
        goBack();
    }

    /**
     * Rows that were read, and perhaps published, are no longer in the outbox, and other rows now have their numbers.
     */
    private void numberedAnew(int rows) {
        log.warn(
                "the store has lost {} rows of the outbox after they were read, and gave their numbers to other trades, which"
                        + " are published now",
                rows);
        goBack();
    }

    private void startAnew() {
        publisher.disconnect();
        removals.forget();
        goBack();
    }

    private FeedStatus look() {
        return new FeedStatus(
                mandate.state() == Lease.State.HELD,
                publisher.isConnected(),
                publisher.isBlocked(),
                publisher.window().size(),
                store.outboxRows(),
                ageMillis(),
                (long) metrics.confirmed.count(),
                publisher.isUnrouted(),
                (long) metrics.returned.count(),
                (long) metrics.nacked.count(),
                (long) metrics.dead.count(),
                publisher.outage().problem());
    }

    private long ageMillis() {
        Outbound flying = publisher.window().oldest();
        OutboxRow oldest = flying != null ? flying.row() : pages.peek();
        return oldest == null ? 0 : Math.max(0, clocks.wall().millis() - oldest.atMillis());
    }
}
