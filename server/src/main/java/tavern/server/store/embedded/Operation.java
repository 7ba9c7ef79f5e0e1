package tavern.server.store.embedded;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tavern.server.store.OperationsInFlight;

/** An operation that is not yet answered: its work may run more than once, its answer is given once. */
final class Operation<S, T> {
    /** @param <S> the session it runs in */
    interface Work<S, T> {
        T in(S session) throws Exception;
    }

    private final Work<S, T> work;
    private final OperationsInFlight inFlight;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private @Nullable T result;
    private @Nullable Exception refusal;

    /** @param inFlight the operation was admitted by it, and leaves it when answered */
    Operation(Work<S, T> work, OperationsInFlight inFlight) {
        this.work = work;
        this.inFlight = inFlight;
    }

    CompletableFuture<T> answer() {
        return answer;
    }

    /** Runs the work, and keeps the outcome for {@link #complete}. */
    void run(S session) throws Exception {
        result = null;
        refusal = null;
        try {
            result = work.in(session);
        } catch (OperationRefusedException e) {
            refusal = e.reason();
        }
    }

    /** Must be called once the operation's effect is durable. */
    @SuppressWarnings("NullAway") // run() left one of the two, and T may itself be nullable
    void complete() {
        inFlight.leave();
        if (refusal == null) {
            answer.complete(result);
        } else {
            answer.completeExceptionally(refusal);
        }
    }

    void fail(Exception reason) {
        inFlight.leave();
        answer.completeExceptionally(reason);
    }

    /** Fails the operation, whose effect is unknown; does nothing if it was answered. */
    void abandon(Throwable reason) {
        if (!answer.isDone()) {
            fail(new IllegalStateException("store operation failed: " + reason, reason));
        }
    }
}
