package tavern.server.store.embedded;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tavern.server.store.Admission;

/** Something asked for and not yet answered: its work may run more than once, its answer is given once. */
final class Operation<S, T> {
    /** @param <S> the session it runs in */
    interface Work<S, T> {
        T in(S session) throws Exception;
    }

    private final Work<S, T> work;
    private final Admission admission;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private @Nullable T result;
    private @Nullable Exception refusal;

    /** @param admission that it was let in by, and leaves when answered */
    Operation(Work<S, T> work, Admission admission) {
        this.work = work;
        this.admission = admission;
    }

    CompletableFuture<T> answer() {
        return answer;
    }

    /** Leaves the outcome waiting for {@link #complete}. */
    void run(S session) throws Exception {
        result = null;
        refusal = null;
        try {
            result = work.in(session);
        } catch (Refusal e) {
            refusal = e.reason();
        }
    }

    /** To be called once what it did is durable. */
    @SuppressWarnings("NullAway") // run() left one of the two, and T may itself be nullable
    void complete() {
        admission.leave();
        if (refusal == null) {
            answer.complete(result);
        } else {
            answer.completeExceptionally(refusal);
        }
    }

    void fail(Exception reason) {
        admission.leave();
        answer.completeExceptionally(reason);
    }

    /** What happened to it is not known; does nothing when it was answered. */
    void abandon(Throwable reason) {
        if (!answer.isDone()) {
            fail(new IllegalStateException("store operation failed: " + reason, reason));
        }
    }
}
