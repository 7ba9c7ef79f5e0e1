package tavern.server.ops;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import tavern.server.store.AccountStore;
import tavern.server.store.Erasure;
import tavern.server.store.StoreUnavailableException;

/** What follows once the name of a player is replaced: the search of rooms and store for it, and the end of the erasure. */
final class ErasureSearch {
    private final AccountStore accounts;
    private final Function<Erasure, CompletionStage<Integer>> inRooms;

    /** @param inRooms erases a player in the memory of all rooms; completes with the number of rooms that did not answer */
    ErasureSearch(AccountStore accounts, Function<Erasure, CompletionStage<Integer>> inRooms) {
        this.accounts = accounts;
        this.inRooms = inRooms;
    }

    /** Completes with what was done, in words. */
    CompletionStage<String> run(Erasure erasure) {
        return accounts.unfinishedErasures().thenCompose(all -> {
            boolean begun = all.stream().anyMatch(it -> it.erasure().player().equals(erasure.player()));
            // After the end the name may be somebody else's, whose lines stay.
            return begun ? search(erasure) : ended(erasure);
        });
    }

    /** A fail-over can have lost the erasure itself, and then nothing was done. */
    private CompletionStage<String> ended(Erasure erasure) {
        return accounts.findPlayer(erasure.player()).thenCompose(record -> {
            boolean isErased =
                    record.isPresent() && record.get().player().name().equals(erasure.replacement());
            return isErased
                    ? CompletableFuture.completedFuture(nameOf(erasure))
                    : CompletableFuture.failedFuture(new StoreUnavailableException(
                            "the store has lost the erasure; erase " + erasure.name() + " again", 1_000));
        });
    }

    private static String nameOf(Erasure erasure) {
        return "the name is now " + erasure.replacement();
    }

    /**
     * Before the store, because rooms write lines that they have in memory; and after it, because others may have opened
     * with lines that were erased then.
     */
    private CompletionStage<String> search(Erasure erasure) {
        return inRooms.apply(erasure)
                .thenCompose(silent -> accounts.eraseChat(erasure)
                        .thenCompose(lines -> inRooms.apply(erasure)
                                .thenCompose(silentAfter -> end(erasure, lines, Math.max(silent, silentAfter)))));
    }

    private CompletionStage<String> end(Erasure erasure, int lines, int silent) {
        String words = nameOf(erasure) + ", lines of chat erased in the store: " + lines;
        return silent == 0
                ? accounts.finishErasure(erasure).thenApply(done -> words)
                : CompletableFuture.completedFuture(
                        words + "; not finished, because rooms that did not answer in time may" + " still have lines: "
                                + silent + "; erase " + erasure.name() + " again");
    }
}
