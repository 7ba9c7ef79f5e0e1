package tavern.server.feed.rabbitmq;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tavern.server.store.OutboxRow;
import tavern.server.store.OutboxStore;

/** Outbox rows read ahead of publishing, up to about two pages. Confined to the relay's thread. */
final class Pages {
    static final int PAGE_ROWS = 1024;

    /** Time between reads without a wake-up: this node is not notified of other nodes' commits. */
    private static final long POLL_MILLIS = 200;

    /** Time between reads while trades keep coming in, so that several of them gather for one read. */
    private static final long GATHER_MILLIS = 5;

    private final OutboxStore store;
    private final Inbox inbox;
    private final Consumer<@Nullable Throwable> onAnswer;
    private final Deque<OutboxRow> rows = new ArrayDeque<>();
    private boolean reading;
    private boolean woken;
    private int epoch;
    private long lastSequence;
    private long lastReadMillis;
    private boolean lastWasFull;

    Pages(OutboxStore store, Inbox inbox, Consumer<@Nullable Throwable> onAnswer) {
        this.store = store;
        this.inbox = inbox;
        this.onAnswer = onAnswer;
    }

    @Nullable
    OutboxRow peek() {
        return rows.peek();
    }

    @Nullable
    OutboxRow next() {
        return rows.poll();
    }

    boolean isEmpty() {
        return rows.isEmpty() && !reading;
    }

    /** Notes that there are new rows. */
    void wake() {
        woken = true;
    }

    /** Time until the next page is due; {@code Long.MAX_VALUE} if not before something else happens. */
    long dueInMillis(long nowMillis) {
        if (reading || rows.size() >= PAGE_ROWS) {
            return Long.MAX_VALUE;
        }
        long gapMillis = lastWasFull ? 0 : woken ? GATHER_MILLIS : POLL_MILLIS;
        return Math.max(0, lastReadMillis + gapMillis - nowMillis);
    }

    /**
     * @param fromStart whether nothing is in progress; needed because a restored store may have smaller sequence
     *     numbers
     */
    void read(boolean fromStart, long nowMillis) {
        reading = true;
        woken = false;
        lastReadMillis = nowMillis;
        int requestEpoch = epoch;
        store.outbox(fromStart ? 0 : lastSequence, PAGE_ROWS)
                .whenComplete((page, failure) -> inbox.add(() -> read(requestEpoch, page, failure)));
    }

    private void read(int requestEpoch, @Nullable List<OutboxRow> page, @Nullable Throwable failure) {
        if (requestEpoch != epoch) {
            return;
        }
        reading = false;
        lastWasFull = page != null && page.size() >= PAGE_ROWS;
        if (page != null && !page.isEmpty()) {
            rows.addAll(page);
            lastSequence = page.get(page.size() - 1).sequence();
        }
        onAnswer.accept(failure);
    }

    /** Discards all pages; the rows will be read again. */
    void forget() {
        rows.clear();
        reading = false;
        lastWasFull = false;
        woken = true;
        epoch++;
    }
}
