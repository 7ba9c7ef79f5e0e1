package tavern.server.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The ledger's sealed segments, and the checkpoint: what every account has at the end of the newest one. The owner of
 * {@link LeaseKey#ARCHIVE} seals: it {@link #prepare prepares} the rows of the checkpoint that a segment changes, a bounded
 * number at a time, then {@link #seal seals}, which is one small step and makes all of them valid, then {@link #tidy
 * tidies} until nothing is left. Rows that were prepared and not sealed are nobody's, and removed by {@code tidy} too.
 *
 * <p>Keeps the rules of {@link AccountStore} about threads and failures. All that changes something may be repeated, and
 * does nothing under a fence that is not the lease's newest.
 */
public interface SegmentStore {
    /** The most rows in one call of {@link #prepare} and {@link #checkpointed}. */
    int ROWS_MAX = 500;

    /** How many segments are remembered after their entries were removed. */
    int REMOVED_KEPT = 1_000;

    /** Returns the oldest remembered segments with numbers above {@code after}, in their order. */
    CompletionStage<List<Segment>> segments(long after, int max);

    CompletionStage<Optional<Segment>> newestSegment();

    /** Position of the last entry that was removed from the ledger; empty if none was. */
    CompletionStage<String> removedThrough();

    /** Returns the values of these rows of the checkpoint; rows that are not there are missing. */
    CompletionStage<Map<String, String>> checkpointed(Collection<String> keys);

    /**
     * Returns a page of all rows of the checkpoint.
     *
     * @param from empty to begin, then {@link CheckpointPage#next}
     * @param max how many rows, approximately
     */
    CompletionStage<CheckpointPage> checkpoint(String from, int max);

    /**
     * Puts rows aside for a segment that is about to be sealed.
     *
     * @param number of the segment
     * @return false, with nothing done, when the fence is not the newest, the segment is not the next one, or there is
     *     something left to tidy
     */
    CompletionStage<Boolean> prepare(long fence, long number, List<CheckpointRow> rows);

    /**
     * Seals the next segment, with the rows that were prepared for it.
     *
     * @return false, with nothing done, when the fence is not the newest, the segment does not follow the newest one, or
     *     another number of rows was prepared than it changes. True also when exactly this segment is the newest already
     */
    CompletionStage<Boolean> seal(long fence, Segment segment);

    /**
     * Does a part of what a seal leaves to do, or an attempt at one that came to nothing.
     *
     * @return whether more is left; false also when the fence is not the newest
     */
    CompletionStage<Boolean> tidy(long fence, int max);

    /**
     * Removes the oldest entries of the ledger that are in sealed segments and old enough. The ledger's newest entry
     * always stays. Removes a segment's entries only when those of all segments before it may go.
     *
     * @param through number of the last segment that may be removed
     * @param keptMillis how long an entry is kept at least
     * @param nowMillis the caller's date: the earlier one of this and the store's own counts
     * @param max how many entries to remove at most, approximately
     */
    CompletionStage<Removal> removeEntries(long fence, long through, long keptMillis, long nowMillis, int max);
}
