package tavern.server.ops;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.server.store.OutboxRow;
import tavern.server.store.Store;

/** Which committed trades are yet to be published. */
final class Publications {
    private static final int PAGE = 1_000;

    /** While the broker is away a million rows may wait, and consoles ask every second. */
    private static final int PAGES_MAX = 2;

    private final Store store;
    private final boolean feeds;

    /** @param feeds whether trades are published at all */
    Publications(Store store, boolean feeds) {
        this.store = store;
        this.feeds = feeds;
    }

    enum State {
        WAITING,
        /** Left the outbox: confirmed by the broker, or set aside as a dead letter. */
        PUBLISHED,
        /** More waits than is looked through for an answer. */
        UNKNOWN,
        NONE
    }

    /** @param whole whether all of the outbox was looked through */
    record Waiting(Set<String> trades, boolean whole) {}

    /** Those of the trades that stand in the outbox. To be asked after they were seen to be committed. */
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
