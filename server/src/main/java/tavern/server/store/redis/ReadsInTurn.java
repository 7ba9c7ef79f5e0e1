package tavern.server.store.redis;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.server.store.Causes;
import tavern.server.store.Stages;
import tavern.server.store.StoreUnavailableException;

/**
 * Lets few reads of whole players be under way at once, the others wait for their turn: Redis answers nobody else while it reads one
 * who has ten thousand items, and the connection brings nothing else until all of it has come. Without this, rich players who come
 * at the same moment would make everything else time out. When Redis does not answer one of them, none that waits is
 * asked for any more. Safe on any thread.
 */
final class ReadsInTurn {
    static final int UNDER_WAY_MAX = 8;
    static final int WAITING_MAX = 20_000;

    /** With the time that Redis has for an answer it is less than whoever logs in waits for a player to be read. */
    static final long WAIT_MILLIS_MAX = 1_200;

    private static final long RETRY_AFTER_MILLIS = 500;

    private final LongSupplier nanos;
    private final ArrayDeque<Read<?>> waiting = new ArrayDeque<>();
    private int underWay;

    /** Whether a thread is beginning those that may begin. It begins what others let through, too, without recursion. */
    private boolean beginning;

    /** @param nanos a clock that only goes forward */
    ReadsInTurn(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Fails with {@link StoreUnavailableException} when too many wait, or once its turn has come too late. */
    <T> CompletionStage<T> read(Supplier<CompletionStage<T>> question) {
        Read<T> read = new Read<>(question, nanos.getAsLong());
        synchronized (this) {
            if (waiting.size() >= WAITING_MAX) {
                return CompletableFuture.failedFuture(tooMany());
            }
            waiting.add(read);
        }
        beginWaiting();
        return read.answer;
    }

    private void beginWaiting() {
        synchronized (this) {
            if (beginning) {
                return;
            }
            beginning = true;
        }
        for (Read<?> next = next(); next != null; next = next()) {
            next.begin();
        }
    }

    private synchronized @Nullable Read<?> next() {
        if (underWay >= UNDER_WAY_MAX || waiting.isEmpty()) {
            beginning = false;
            return null;
        }
        underWay++;
        return waiting.poll();
    }

    private void ended() {
        synchronized (this) {
            underWay--;
        }
        beginWaiting();
    }

    private void failWaiting(StoreUnavailableException outage) {
        List<Read<?>> failed;
        synchronized (this) {
            failed = List.copyOf(waiting);
            waiting.clear();
        }
        failed.forEach(read -> read.fail(outage));
    }

    private static StoreUnavailableException tooMany() {
        return new StoreUnavailableException("too many players come at once to be read from Redis", RETRY_AFTER_MILLIS);
    }

    private final class Read<T> {
        private final Supplier<CompletionStage<T>> question;
        private final long since;
        private final CompletableFuture<T> answer = new CompletableFuture<>();

        Read(Supplier<CompletionStage<T>> question, long since) {
            this.question = question;
            this.since = since;
        }

        void begin() {
            if (nanos.getAsLong() - since > TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS_MAX)) {
                fail(tooMany());
                ended();
                return;
            }
            Stages.begin(question).whenComplete((value, failure) -> {
                if (failure == null) {
                    answer.complete(value);
                } else {
                    fail(failure);
                    if (Causes.of(failure) instanceof StoreUnavailableException outage) {
                        failWaiting(outage);
                    }
                }
                ended();
            });
        }

        void fail(Throwable failure) {
            answer.completeExceptionally(failure);
        }
    }
}
