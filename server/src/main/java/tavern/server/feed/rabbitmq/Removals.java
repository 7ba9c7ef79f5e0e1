package tavern.server.feed.rabbitmq;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import tavern.server.store.OutboxRow;
import tavern.server.store.OutboxStore;

/** Rows that the broker has confirmed and the store has not yet removed. Confined to the relay's thread. */
final class Removals {
    private static final int BATCH_MAX = 2048;
    private static final int BATCH_WORTH_IT = 512;

    /** How long a batch smaller than {@link #BATCH_WORTH_IT} may wait for more rows. */
    private static final long GATHER_MILLIS = 5;

    private final OutboxStore store;
    private final Inbox inbox;
    private final Consumer<@Nullable Throwable> onAnswer;
    private final IntConsumer onOthers;
    private final Deque<OutboxRow> confirmed = new ArrayDeque<>();
    private int underWay;
    private int epoch;
    private long nextMillis;

    Removals(OutboxStore store, Inbox inbox, Consumer<@Nullable Throwable> onAnswer, IntConsumer onOthers) {
        this.store = store;
        this.inbox = inbox;
        this.onAnswer = onAnswer;
        this.onOthers = onOthers;
    }

    void add(OutboxRow row) {
        confirmed.add(row);
    }

    int size() {
        return confirmed.size() + underWay;
    }

    boolean isEmpty() {
        return size() == 0;
    }

    /** Time until the next removal is due; {@code Long.MAX_VALUE} if not before something else happens. */
    long dueInMillis(long nowMillis) {
        if (underWay > 0 || confirmed.isEmpty()) {
            return Long.MAX_VALUE;
        }
        return confirmed.size() >= BATCH_WORTH_IT ? 0 : Math.max(0, nextMillis - nowMillis);
    }

    /** Starts a removal if one is due. There is one request to the store at a time. */
    void go(long nowMillis) {
        if (dueInMillis(nowMillis) > 0) {
            return;
        }
        List<OutboxRow> batch = new ArrayList<>(Math.min(BATCH_MAX, confirmed.size()));
        while (batch.size() < BATCH_MAX && !confirmed.isEmpty()) {
            batch.add(confirmed.remove());
        }
        underWay = batch.size();
        nextMillis = nowMillis + GATHER_MILLIS;
        int requestEpoch = epoch;
        store.removeOutbox(batch)
                .whenComplete((others, failure) ->
                        inbox.add(() -> removed(requestEpoch, others == null ? 0 : others, failure)));
    }

    private void removed(int requestEpoch, int others, @Nullable Throwable failure) {
        if (requestEpoch != epoch) {
            return;
        }
        underWay = 0;
        if (others > 0) {
            onOthers.accept(others);
        }
        onAnswer.accept(failure);
    }

    /** Discards the confirmed rows: they stay in the outbox, and so are published once more. */
    void forget() {
        confirmed.clear();
        underWay = 0;
        epoch++;
    }
}
