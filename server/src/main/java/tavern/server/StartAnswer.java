package tavern.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import tavern.server.cluster.NodeInUseException;
import tavern.server.cluster.UnfitNodeException;
import tavern.server.store.Repeats;
import tavern.server.store.StoreOpenException;
import tavern.server.time.MonotonicClock;

/** The store's answers for which a start waits. */
final class StartAnswer {
    /** What a start asks the store is asked again for so long, while there is no answer. */
    private static final long MILLIS_MAX = 15_000;

    private StartAnswer() {}

    /**
     * As {@link #await}, and asks again while the store does not answer in time.
     *
     * @param step what comes to the same when it is done again
     */
    static <T> T repeated(Supplier<CompletionStage<T>> step, MonotonicClock clock, String what) {
        return await(Repeats.whileUnavailable(what, MILLIS_MAX, clock, step), 0, what);
    }

    /**
     * Blocks for the answer. One for which it does not wait any more is cancelled.
     *
     * @param moreMillis for which it may take longer than others
     * @param what is asked, for the message
     * @throws StoreOpenException when there is none
     * @throws NodeInUseException as the answer
     * @throws UnfitNodeException as the answer
     */
    static <T> T await(CompletionStage<T> answer, long moreMillis, String what) {
        CompletableFuture<T> awaited = answer.toCompletableFuture();
        try {
            return awaited.get(MILLIS_MAX + moreMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | InterruptedException e) {
            boolean isInterrupted = e instanceof InterruptedException;
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
            if (!awaited.cancel(false) && !awaited.isCompletedExceptionally()) {
                return awaited.join(); // at the last moment: somebody has to close it
            }
            throw new StoreOpenException(isInterrupted ? "interrupted" : unread(what), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NodeInUseException refused) {
                throw refused;
            }
            if (e.getCause() instanceof UnfitNodeException unfit) {
                throw unfit;
            }
            throw new StoreOpenException(unread(what), e);
        }
    }

    private static String unread(String what) {
        return what + " cannot be read; look at the store";
    }
}
