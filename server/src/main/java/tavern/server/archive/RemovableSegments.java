package tavern.server.archive;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.server.store.LedgerPosition;
import tavern.server.store.OutboxStore;
import tavern.server.store.Segment;
import tavern.server.store.SegmentStore;

/** Finds the segments whose entries nobody needs any more, whatever their age. Used by one look at a time. */
final class RemovableSegments {
    private static final int PAGE = 100;

    private final SegmentStore store;
    private final OutboxStore outbox;
    private final Supplier<@Nullable String> booksPosition;
    private long through;
    private @Nullable String hindrance;

    RemovableSegments(SegmentStore store, OutboxStore outbox, Supplier<@Nullable String> booksPosition) {
        this.store = store;
        this.outbox = outbox;
        this.booksPosition = booksPosition;
    }

    /** What keeps more segments from being removed, in words; null if it is nothing but their age. */
    @Nullable
    String hindrance() {
        return hindrance;
    }

    /** Returns the number of the last segment that the feed and the books are past. */
    CompletionStage<Long> look() {
        hindrance = null;
        String position = booksPosition.get();
        return outbox.outbox(0, 1)
                .thenCompose(rows ->
                        look(rows.isEmpty() ? Long.MAX_VALUE : rows.get(0).atMillis(), position));
    }

    private CompletionStage<Long> look(long unpublishedMillis, @Nullable String booksAt) {
        return store.segments(through, PAGE).thenCompose(segments -> {
            for (Segment segment : segments) {
                if (segment.newestMillis() >= unpublishedMillis) {
                    hindrance = "the outbox has events of that time that are not published";
                } else if (booksAt != null && !LedgerPosition.of(booksAt).isAfter(segment.last())) {
                    hindrance = "the books are at entry " + booksAt + " only; look at books.db in store.path";
                }
                if (hindrance != null) {
                    return CompletableFuture.completedFuture(through);
                }
                through = segment.number();
            }
            return goesOn(segments) ? look(unpublishedMillis, booksAt) : CompletableFuture.completedFuture(through);
        });
    }

    private static boolean goesOn(List<Segment> page) {
        return page.size() == PAGE;
    }
}
