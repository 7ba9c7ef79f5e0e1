package tavern.server.ops;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.server.archive.ArchiveSearch;
import tavern.server.books.BookLeg;
import tavern.server.books.Books;
import tavern.server.store.Causes;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerLeg;
import tavern.server.store.PlayerRecord;
import tavern.server.store.TradeTransactions;

/** Entries of the ledger that are no longer in the store. */
final class ArchiveViews {
    private static final int ROWS = 50;
    private static final long BUSY_SECONDS = 5;

    /** Others' searches come first. Less than the command line waits. */
    private static final long SEARCH_SECONDS_MAX = 20;

    private final OpsServices services;
    private final Books books;
    private final ArchiveSearch archive;

    ArchiveViews(OpsServices services, Books books) {
        this.services = services;
        this.books = books;
        archive = services.archive();
    }

    /** @param room empty for none */
    record ArchivedEntry(long segment, String position, long atMillis, String id, String room, List<BookLeg> legs) {}

    /**
     * @param archived always: these are entries from the archive
     * @param next to pass as {@code segment} and {@code skip}; null once all of the archive was searched
     */
    record ArchivedEntries(boolean archived, List<ArchivedEntry> entries, ArchiveSearch.@Nullable Next next) {}

    CompletionStage<?> find(ApiRequest call) {
        if (!call.has("player")) {
            return find(call, entry -> true);
        }
        return AnswerTimeout.bounded(services.store().accounts().findPlayer(call.text("player")))
                .thenApply(found -> found.map(PlayerRecord::player).orElseThrow(TradeViews::noSuchPlayer))
                .thenCompose(player -> find(call, entry -> isOf(player.id(), entry)));
    }

    private CompletionStage<ArchivedEntries> find(ApiRequest call, Predicate<LedgerEntry> ofPlayer) {
        long item = call.number("item", 0);
        String trade =
                call.has("trade") ? TradeTransactions.id(call.trade("trade")).text() : "";
        Predicate<LedgerEntry> wanted = ofPlayer.and(entry -> item == 0 || moves(item, entry))
                .and(entry -> trade.isEmpty() || entry.id().equals(trade));
        ArchiveSearch.@Nullable Next from = call.has("segment")
                ? new ArchiveSearch.Next(call.number("segment", 0), (int) call.number("skip", 0))
                : null;
        // Ends the search too, which the bound of a copy would not.
        return archive.find(wanted, from, (int) call.number("max", ROWS))
                .orTimeout(SEARCH_SECONDS_MAX, TimeUnit.SECONDS)
                .handle((page, failure) -> {
                    if (failure != null) {
                        throw refused(Causes.of(failure));
                    }
                    return page;
                })
                .thenCompose(page -> AnswerTimeout.bounded(books.ask(queries -> {
                    List<ArchivedEntry> entries = new ArrayList<>();
                    for (ArchiveSearch.Found found : page.entries()) {
                        LedgerEntry entry = found.entry();
                        entries.add(new ArchivedEntry(
                                found.segment(),
                                entry.position(),
                                entry.atMillis(),
                                entry.id(),
                                entry.room() == null ? "" : entry.room().name(),
                                queries.legs(entry.legs())));
                    }
                    return new ArchivedEntries(true, entries, page.next());
                })));
    }

    private static boolean isOf(PlayerId player, LedgerEntry entry) {
        return entry.legs().stream()
                .anyMatch(leg -> leg.from().equals(player) || leg.to().equals(player));
    }

    private static boolean moves(long item, LedgerEntry entry) {
        return entry.legs().stream().anyMatch(leg -> has(item, leg));
    }

    private static boolean has(long item, LedgerLeg leg) {
        return leg.items().containsKey(item) || leg.made().containsKey(item);
    }

    private static RuntimeException refused(Throwable failure) {
        if (failure instanceof RejectedExecutionException || failure instanceof TimeoutException) {
            return new RefusedException(503, "BUSY", "too many searches of the archive wait; try again", BUSY_SECONDS);
        }
        if (failure instanceof IOException) {
            return new RefusedException(
                    503,
                    "UNAVAILABLE",
                    "the archive cannot be read: " + failure.getMessage() + "; run bin/server archive verify");
        }
        return failure instanceof RuntimeException runtime ? runtime : new IllegalStateException(failure);
    }
}
