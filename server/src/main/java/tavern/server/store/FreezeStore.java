package tavern.server.store;

import java.util.concurrent.CompletionStage;

/**
 * What operators have stopped in the realm. Changes are compared with what the operator has seen, and raise a version by
 * which each server notices them. Once a stage completes, its effect is durable.
 *
 * <p>No method blocks or throws; stages complete on the store's threads, where callbacks must be short or continue on
 * another thread. A stage fails with {@link StoreUnavailableException} when the store cannot be reached, is full, or has
 * too many operations in flight: the operation may or may not have been done, and can be repeated without harm.
 */
public interface FreezeStore {
    /**
     * Stops something; if it is already stopped, replaces the reason and the time.
     *
     * @param max how many freezes there may be
     * @param seenSinceMillis the start of the freeze that the operator has seen, or 0 if it was not stopped
     */
    CompletionStage<FreezeAnswer> freeze(FreezeRow row, int max, long seenSinceMillis);

    /**
     * Lifts a freeze.
     *
     * @return false, with nothing done, when there is no freeze with exactly this start
     */
    CompletionStage<Boolean> unfreeze(FreezeRow row, long seenSinceMillis);

    /** Returns everything that is stopped, in no particular order. */
    CompletionStage<FreezeRows> freezes();

    /** Returns the version of {@link #freezes}, which need not be read again while it is unchanged. Cheap. */
    CompletionStage<Long> freezesVersion();
}
