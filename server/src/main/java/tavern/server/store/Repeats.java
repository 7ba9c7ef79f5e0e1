package tavern.server.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.time.MonotonicClock;

/**
 * Repeats steps of a server's start: one slow moment of the store, or of the machine, is no reason not to start. Only for steps
 * that come to the same when they are done twice, since one that was not answered may have been done.
 */
public final class Repeats {
    private static final Logger log = LoggerFactory.getLogger(Repeats.class);
    private static final long PAUSE_MILLIS = 250;
    private static final Executor LATER =
            CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS, Runnable::run);

    private Repeats() {}

    /**
     * Does a step, again while the store does not answer. Fails as the step does otherwise, and when the time is up.
     *
     * @param what the step is for, in the log
     * @param millisMax after which the step is not begun again
     * @return once it is cancelled, the step is not begun again either: the store may be closed by then
     */
    public static <T> CompletableFuture<T> whileUnavailable(
            String what, long millisMax, MonotonicClock clock, Supplier<? extends CompletionStage<T>> step) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        attempt(what, clock.millis() + millisMax, clock, step, answer);
        return answer;
    }

    private static <T> void attempt(
            String what,
            long untilMillis,
            MonotonicClock clock,
            Supplier<? extends CompletionStage<T>> step,
            CompletableFuture<T> answer) {
        if (answer.isDone()) {
            return;
        }
        Stages.<T>begin(step).whenComplete((found, failure) -> {
            if (failure == null) {
                answer.complete(found);
                return;
            }
            Throwable cause = Causes.of(failure);
            long leftMillis = untilMillis - clock.millis();
            if (!(cause instanceof StoreUnavailableException) || leftMillis <= PAUSE_MILLIS) {
                answer.completeExceptionally(cause);
            } else if (!answer.isDone()) {
                log.warn("{}: {}; trying again, for another {} ms at most", what, cause.getMessage(), leftMillis);
                LATER.execute(() -> attempt(what, untilMillis, clock, step, answer));
            }
        });
    }
}
