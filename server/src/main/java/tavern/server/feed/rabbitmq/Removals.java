package tavern.server.feed.rabbitmq;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tavern.server.store.Store;

/** Rows that the broker has confirmed, until the store has removed them. Belongs to the relay's thread. */
final class Removals {
    private static final int BATCH_MAX = 2048;
    private static final int BATCH_WORTH_IT = 512;

    /** A batch that is smaller than worth it may wait for others this long. */
    private static final long GATHER_MILLIS = 5;

    private final Store store;
    private final Inbox inbox;
    private final Consumer<@Nullable Throwable> onAnswer;
    private final Deque<Long> confirmed = new ArrayDeque<>();
    private int underWay;
    private int epoch;
    private long nextMillis;

    Removals(Store store, Inbox inbox, Consumer<@Nullable Throwable> onAnswer) {
        this.store = store;
        this.inbox = inbox;
        this.onAnswer = onAnswer;
    }

    void add(long sequence) {
        confirmed.add(sequence);
    }

    int size() {
        return confirmed.size() + underWay;
    }

    boolean isEmpty() {
        return size() == 0;
    }

    /** {@code Long.MAX_VALUE}: not before something happens. */
    long dueInMillis(long nowMillis) {
        if (underWay > 0 || confirmed.isEmpty()) {
            return Long.MAX_VALUE;
        }
        return confirmed.size() >= BATCH_WORTH_IT ? 0 : Math.max(0, nextMillis - nowMillis);
    }

    /** One question at a time to the store. */
    void go(long nowMillis) {
        if (dueInMillis(nowMillis) > 0) {
            return;
        }
        List<Long> batch = new ArrayList<>(Math.min(BATCH_MAX, confirmed.size()));
        while (batch.size() < BATCH_MAX && !confirmed.isEmpty()) {
            batch.add(confirmed.remove());
        }
        underWay = batch.size();
        nextMillis = nowMillis + GATHER_MILLIS;
        int asked = epoch;
        store.removeOutbox(batch).whenComplete((done, failure) -> inbox.add(() -> removed(asked, failure)));
    }

    private void removed(int asked, @Nullable Throwable failure) {
        if (asked != epoch) {
            return;
        }
        underWay = 0;
        onAnswer.accept(failure);
    }

    /** They stay in the outbox, and so go out once more. */
    void forget() {
        confirmed.clear();
        underWay = 0;
        epoch++;
    }
}
