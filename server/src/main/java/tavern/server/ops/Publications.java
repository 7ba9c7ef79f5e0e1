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

    private final Store store;
    private final boolean feeds;

    /** @param feeds whether trades are published at all */
    Publications(Store store, boolean feeds) {
        this.store = store;
        this.feeds = feeds;
    }

    enum State {
        WAITING,
        PUBLISHED,
        NONE
    }

    /** Those of the trades that stand in the outbox. To be asked after they were seen to be committed. */
    CompletionStage<Set<String>> waiting(Collection<String> trades) {
        Set<String> found = new HashSet<>();
        return feeds && !trades.isEmpty()
                ? search(0, new HashSet<>(trades), found)
                : CompletableFuture.completedFuture(found);
    }

    private CompletionStage<Set<String>> search(long after, Set<String> wanted, Set<String> found) {
        return store.outbox(after, PAGE).thenCompose(rows -> {
            for (OutboxRow row : rows) {
                if (wanted.remove(row.messageId())) {
                    found.add(row.messageId());
                }
            }
            return rows.size() < PAGE || wanted.isEmpty()
                    ? CompletableFuture.completedFuture(found)
                    : search(last(rows).sequence(), wanted, found);
        });
    }

    private static OutboxRow last(List<OutboxRow> rows) {
        return rows.get(rows.size() - 1);
    }

    State of(String trade, Set<String> waiting) {
        if (!feeds) {
            return State.NONE;
        }
        return waiting.contains(trade) ? State.WAITING : State.PUBLISHED;
    }
}
