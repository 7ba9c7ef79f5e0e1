package tavern.server.archive;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerPosition;
import tavern.server.store.OutboxStore;
import tavern.server.store.Segment;
import tavern.server.store.SegmentStore;

/** Finds the segments whose entries nobody needs any more, whatever their age. Used by one look at a time. */
final class RemovableSegments {
    private static final int PAGE = 100;

    /** What is less far ahead is no reason to report anything. */
    private static final long CLOCKS_DIFFER_MILLIS = TimeUnit.DAYS.toMillis(1);

    private final SegmentStore store;
    private final OutboxStore outbox;
    private final Supplier<@Nullable String> booksPosition;
    private long through;
    private @Nullable String hindrance;

    /** The first segment with an entry that is dated in the future. */
    private @Nullable Segment ahead;

    RemovableSegments(SegmentStore store, OutboxStore outbox, Supplier<@Nullable String> booksPosition) {
        this.store = store;
        this.outbox = outbox;
        this.booksPosition = booksPosition;
    }

    /** What keeps the ledger's oldest entry from being removed, in words; null if it is nothing but its segment's age. */
    @Nullable
    String hindrance(LedgerEntry oldest) {
        Segment early = ahead;
        if (hindrance == null
                && early != null
                && !LedgerPosition.of(early.first()).isAfter(oldest.position())
                && !LedgerPosition.of(oldest.position()).isAfter(early.last())) {
            return "segment " + early.number() + " has an entry dated " + Instant.ofEpochMilli(early.newestMillis());
        }
        return hindrance;
    }

    /** Returns the number of the last segment that the feed and the books are past. */
    CompletionStage<Long> look(long nowMillis) {
        hindrance = null;
        String position = booksPosition.get();
        return outbox.outbox(0, 1)
                .thenCompose(rows -> look(
                        nowMillis, rows.isEmpty() ? Long.MAX_VALUE : rows.get(0).atMillis(), position));
    }

    private CompletionStage<Long> look(long nowMillis, long unpublishedMillis, @Nullable String booksAt) {
        return store.segments(through, PAGE).thenCompose(segments -> {
            for (Segment segment : segments) {
                if (segment.newestMillis() >= unpublishedMillis) {
                    hindrance = "the outbox has events of that time that are not published";
                    return CompletableFuture.completedFuture(through);
                }
                if (booksAt != null && !LedgerPosition.of(booksAt).isAfter(segment.last())) {
                    // Books that end here have it all, but ask for its last entry once more, together with the next
                    // ones.
                    if (!booksAt.equals(segment.last())) {
                        hindrance = "the books have not got them yet; look at books.db in store.path";
                    }
                    return CompletableFuture.completedFuture(through);
                }
                if (segment.newestMillis() > nowMillis + CLOCKS_DIFFER_MILLIS
                        && (ahead == null || ahead.newestMillis() <= nowMillis)) {
                    ahead = segment;
                }
                through = segment.number();
            }
            return goesOn(segments)
                    ? look(nowMillis, unpublishedMillis, booksAt)
                    : CompletableFuture.completedFuture(through);
        });
    }

    private static boolean goesOn(List<Segment> page) {
        return page.size() == PAGE;
    }
}
