package tavern.server.store;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The events that committed transactions have left for the feed, oldest first. They are appended by
 * {@link AccountStore#transact}, in the same commit as the goods, and removed once they are published.
 *
 * <p>No method blocks or throws; stages complete on the store's threads, where callbacks must be short or continue on
 * another thread. A stage fails with {@link StoreUnavailableException} when the store cannot be reached, is full, or has
 * too many operations in flight: the operation may or may not have been done, and can be repeated without harm.
 */
public interface OutboxStore {
    /** Returns the oldest rows of the outbox after {@code afterSequence}, in order. */
    CompletionStage<List<OutboxRow>> outbox(long afterSequence, int max);

    /**
     * Removes rows that were published; ignores those that are already gone. A row's number does not identify it: a store
     * that has lost its newest rows, by a fail-over or a restored backup, reuses their numbers.
     *
     * @param rows as {@link #outbox} has returned them; from any of its answers
     * @return how many of the numbers were found to belong to other messages now, which stay
     */
    CompletionStage<Integer> removeOutbox(List<OutboxRow> rows);

    /** Returns approximately how many rows are not yet published; never fails. */
    long outboxRows();
}
