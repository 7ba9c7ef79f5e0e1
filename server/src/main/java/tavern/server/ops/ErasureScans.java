package tavern.server.ops;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tavern.server.store.Causes;
import tavern.server.store.Erasure;
import tavern.server.store.Stages;

/**
 * Lets one search of all rooms run at a time. A command whose answer was lost is settled every few seconds, and the
 * search may take longer than that: a repeat joins the search that is under way, or gets the result of its own one.
 * Safe on any thread.
 */
final class ErasureScans {
    private final Function<Erasure, CompletionStage<String>> scan;
    private final AtomicReference<@Nullable Scan> latest = new AtomicReference<>();

    ErasureScans(Function<Erasure, CompletionStage<String>> scan) {
        this.scan = scan;
    }

    private record Scan(Erasure erasure, CompletableFuture<String> outcome) {
        /** A new command for the same player gets a search of its own once this one has ended. */
        boolean answers(Erasure wanted) {
            return outcome.isDone()
                    ? wanted == erasure && !outcome.isCompletedExceptionally()
                    : wanted.player().equals(erasure.player());
        }
    }

    /** @param erasure the same object whenever a command is repeated */
    CompletionStage<String> join(Erasure erasure) {
        Scan before = latest.get();
        if (before != null && before.answers(erasure)) {
            return before.outcome().copy();
        }
        if (before != null && !before.outcome().isDone()) {
            return before.outcome().handle((words, failure) -> words).thenCompose(ended -> join(erasure));
        }
        Scan own = new Scan(erasure, new CompletableFuture<>());
        if (!latest.compareAndSet(before, own)) {
            return join(erasure);
        }
        start(own);
        return own.outcome().copy();
    }

    private void start(Scan own) {
        Stages.begin(() -> scan.apply(own.erasure())).whenComplete((words, failure) -> {
            if (failure == null) {
                own.outcome().complete(words);
            } else {
                own.outcome().completeExceptionally(Causes.of(failure));
            }
        });
    }
}
