package tavern.server.room;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Callers that wait for one value, which they get in the order in which they came: dependents of a single {@link
 * CompletableFuture} would get it in reverse. Later callers get it at once. Safe on any thread.
 */
final class WaitingLine<T> {
    private final ArrayDeque<CompletableFuture<T>> waiting = new ArrayDeque<>();
    private @Nullable CompletableFuture<T> outcome;

    CompletableFuture<T> join() {
        CompletableFuture<T> mine = new CompletableFuture<>();
        CompletableFuture<T> known;
        synchronized (this) {
            known = outcome;
            if (known == null) {
                waiting.addLast(mine);
            }
        }
        if (known != null) {
            pass(known, mine);
        }
        return mine;
    }

    void complete(T value) {
        end(CompletableFuture.completedFuture(value));
    }

    void fail(Throwable cause) {
        end(CompletableFuture.failedFuture(cause));
    }

    /** A caller that comes while the others are being notified goes to the end of the line. */
    private void end(CompletableFuture<T> ended) {
        for (CompletableFuture<T> next = next(ended); next != null; next = next(ended)) {
            pass(ended, next);
        }
    }

    private synchronized @Nullable CompletableFuture<T> next(CompletableFuture<T> ended) {
        CompletableFuture<T> next = waiting.pollFirst();
        if (next == null) {
            outcome = ended;
        }
        return next;
    }

    private static <T> void pass(CompletableFuture<T> outcome, CompletableFuture<T> to) {
        outcome.whenComplete((value, failure) -> {
            if (failure == null) {
                to.complete(value);
            } else {
                to.completeExceptionally(failure);
            }
        });
    }
}
