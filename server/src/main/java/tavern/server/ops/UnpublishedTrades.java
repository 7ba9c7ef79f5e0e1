package tavern.server.ops;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.server.store.OutboxRow;
import tavern.server.store.OutboxStore;

/** Finds out which committed trades are not yet published. */
final class UnpublishedTrades {
    private static final int PAGE = 1_000;

    /** Bounded, because a million rows may wait while the broker is away, and consoles query every second. */
    private static final int PAGES_MAX = 2;

    private final OutboxStore store;
    private final boolean feeds;

    /** @param feeds whether trades are published at all */
    UnpublishedTrades(OutboxStore store, boolean feeds) {
        this.store = store;
        this.feeds = feeds;
    }

    enum State {
        WAITING,
        /** The trade has left the outbox: it was confirmed by the broker, or moved to the dead letters. */
        PUBLISHED,
        /** More rows wait than were examined for this answer. */
        UNKNOWN,
        NONE
    }

    /** @param whole whether the whole outbox was examined */
    record Waiting(Set<String> trades, boolean whole) {}

    /**
     * Returns those of the trades that are in the outbox. Must be called after the trades were seen to be committed.
     */
    CompletionStage<Waiting> waiting(Collection<String> trades) {
        Set<String> found = new HashSet<>();
        return feeds && !trades.isEmpty()
                ? search(0, 1, new HashSet<>(trades), found)
                : CompletableFuture.completedFuture(new Waiting(found, true));
    }

    private CompletionStage<Waiting> search(long after, int page, Set<String> wanted, Set<String> found) {
        return store.outbox(after, PAGE).thenCompose(rows -> {
            for (OutboxRow row : rows) {
                if (wanted.remove(row.messageId())) {
                    found.add(row.messageId());
                }
            }
            boolean whole = rows.size() < PAGE || wanted.isEmpty();
            return whole || page == PAGES_MAX
                    ? CompletableFuture.completedFuture(new Waiting(found, whole))
                    : search(last(rows).sequence(), page + 1, wanted, found);
        });
    }

    private static OutboxRow last(List<OutboxRow> rows) {
        return rows.get(rows.size() - 1);
    }

    State of(String trade, Waiting waiting) {
        if (!feeds) {
            return State.NONE;
        }
        if (waiting.trades().contains(trade)) {
            return State.WAITING;
        }
        return waiting.whole() ? State.PUBLISHED : State.UNKNOWN;
    }
}
