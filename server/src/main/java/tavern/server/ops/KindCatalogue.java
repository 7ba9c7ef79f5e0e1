package tavern.server.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.server.books.Books;
import tavern.server.books.KnownKinds;
import tavern.server.game.GameSettings;

/** The existing kinds of goods: those that new players get, and those that were ever granted. */
final class KindCatalogue {
    private final Books books;
    private final GameSettings game;

    KindCatalogue(Books books, GameSettings game) {
        this.books = books;
        this.game = game;
    }

    /** All kinds, or the first of them if there are very many. */
    CompletionStage<KnownKinds> known() {
        return AnswerTimeout.bounded(books.ask(queries -> queries.kinds())).thenApply(found -> {
            SortedSet<String> stacks = new TreeSet<>(found.stacks());
            stacks.addAll(game.starterStacks().keySet());
            SortedSet<String> items = new TreeSet<>(found.items());
            items.addAll(game.starterItems());
            return new KnownKinds(stacks, items);
        });
    }

    /**
     * Returns the command's kinds that do not exist. While the books are not available, it may return existing ones
     * too.
     */
    CompletionStage<List<String>> unknown(SortedMap<String, Long> stacks, List<String> items) {
        SortedSet<String> newStacks = new TreeSet<>();
        stacks.forEach((kind, count) -> {
            if (count > 0 && !game.starterStacks().containsKey(kind)) {
                newStacks.add(kind);
            }
        });
        SortedSet<String> newItems = new TreeSet<>(items);
        game.starterItems().forEach(newItems::remove);
        if (newStacks.isEmpty() && newItems.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        return AnswerTimeout.bounded(
                        books.ask(queries ->
                                Map.of(true, queries.unknownStacks(newStacks), false, queries.unknownItems(newItems))),
                        AnswerTimeout.MILLIS_MAX / 2)
                .exceptionally(silent -> Map.of(true, newStacks, false, newItems))
                .thenApply(unknown -> {
                    List<String> all = new ArrayList<>(unknown.getOrDefault(true, new TreeSet<>()));
                    all.addAll(unknown.getOrDefault(false, new TreeSet<>()));
                    return all;
                });
    }
}
