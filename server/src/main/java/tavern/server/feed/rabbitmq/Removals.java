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
    private final Consumer<Throwable> onFailure;
    private final Deque<Long> confirmed = new ArrayDeque<>();
    private int underWay;
    private int epoch;
    private long nextMillis;

    Removals(Store store, Inbox inbox, Consumer<Throwable> onFailure) {
        this.store = store;
        this.inbox = inbox;
        this.onFailure = onFailure;
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

    /** One question at a time to the store. */
    void go(long nowMillis) {
        boolean worthIt = confirmed.size() >= BATCH_WORTH_IT || nowMillis >= nextMillis;
        if (underWay > 0 || confirmed.isEmpty() || !worthIt) {
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
        if (failure != null) {
            onFailure.accept(failure);
        }
    }

    /** They stay in the outbox, and so go out once more. */
    void forget() {
        confirmed.clear();
        underWay = 0;
        epoch++;
    }
}
