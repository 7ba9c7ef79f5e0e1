package tavern.server.feed.rabbitmq;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tavern.server.store.OutboxRow;
import tavern.server.store.Store;

/** Rows read ahead of the publishing, a page or two. Belongs to the relay's thread. */
final class Pages {
    static final int PAGE_ROWS = 1024;

    /** What other nodes have committed is not told. */
    private static final long POLL_MILLIS = 200;

    /** While trades come in all the time, some gather before they are read. */
    private static final long GATHER_MILLIS = 5;

    private final Store store;
    private final Inbox inbox;
    private final Consumer<@Nullable Throwable> onAnswer;
    private final Deque<OutboxRow> rows = new ArrayDeque<>();
    private boolean reading;
    private boolean woken;
    private int epoch;
    private long lastSequence;
    private long lastReadMillis;
    private boolean lastWasFull;

    Pages(Store store, Inbox inbox, Consumer<@Nullable Throwable> onAnswer) {
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

    /** There are new rows. */
    void wake() {
        woken = true;
    }

    /** Until it is time for the next page; {@code Long.MAX_VALUE}: not before something happens. */
    long dueInMillis(long nowMillis) {
        if (reading || rows.size() >= PAGE_ROWS) {
            return Long.MAX_VALUE;
        }
        long gapMillis = lastWasFull ? 0 : woken ? GATHER_MILLIS : POLL_MILLIS;
        return Math.max(0, lastReadMillis + gapMillis - nowMillis);
    }

    /** @param fromStart nothing is under way: a store that was restored may count from less than it did */
    void read(boolean fromStart, long nowMillis) {
        reading = true;
        woken = false;
        lastReadMillis = nowMillis;
        int asked = epoch;
        store.outbox(fromStart ? 0 : lastSequence, PAGE_ROWS)
                .whenComplete((page, failure) -> inbox.add(() -> read(asked, page, failure)));
    }

    private void read(int asked, @Nullable List<OutboxRow> page, @Nullable Throwable failure) {
        if (asked != epoch) {
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

    /** They are read again. */
    void forget() {
        rows.clear();
        reading = false;
        lastWasFull = false;
        woken = true;
        epoch++;
    }
}
