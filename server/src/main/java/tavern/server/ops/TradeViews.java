package tavern.server.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.books.BookEntry;
import tavern.server.books.BookItem;
import tavern.server.books.BookLeg;
import tavern.server.books.Books;
import tavern.server.books.KnownGoods;
import tavern.server.game.SettledTrade;
import tavern.server.game.TradeId;
import tavern.server.store.PlayerRecord;
import tavern.server.store.TradeRecord;
import tavern.server.store.TradeTransactions;

/** Trades, the history of an item, and whether goods add up. */
final class TradeViews {
    private static final int ROWS = 50;

    private final OpsServices services;
    private final Books books;
    private final UnpublishedTrades publications;

    TradeViews(OpsServices services, Books books) {
        this.services = services;
        this.books = books;
        Setting feed = services.inForce().get("feed.kind");
        publications = new UnpublishedTrades(
                services.store().outbox(), feed != null && !feed.value().equals("none"));
    }

    /**
     * @param entry number of the ledger entry, from 1; 0 if it moved nothing, or is not in the books yet
     * @param reason why it failed; otherwise {@code OK}
     */
    record TradeRow(
            String trade,
            long entry,
            long atMillis,
            String room,
            String proposer,
            String partner,
            String outcome,
            String reason,
            KnownGoods gave,
            KnownGoods got,
            UnpublishedTrades.State publication) {}

    /**
     * @param next to pass as {@code before}; 0 if there are no more
     * @param entries number of ledger entries in the books
     * @param behindMillis the maximum age of this answer
     * @param archived whether older ones are in the archive
     */
    record TradeRows(List<TradeRow> trades, long next, long entries, long behindMillis, boolean archived) {}

    private record Trades(List<BookEntry> entries, boolean archived) {}

    CompletionStage<?> trades(ApiRequest call) {
        if (!call.has("player")) {
            return trades(call, null);
        }
        return AnswerTimeout.bounded(services.store().accounts().findPlayer(call.text("player")))
                .thenApply(found -> found.map(PlayerRecord::player).orElseThrow(TradeViews::noSuchPlayer))
                .thenCompose(player -> trades(call, player.id()));
    }

    static RefusedException noSuchPlayer() {
        return RefusedException.notFound("there never was a player of this name");
    }

    private CompletionStage<TradeRows> trades(ApiRequest call, @Nullable PlayerId player) {
        int max = (int) call.number("max", ROWS);
        long before = call.number("before", Long.MAX_VALUE);
        long item = call.number("item", 0);
        // One more than is shown, to find out whether there is a next page.
        return AnswerTimeout.bounded(books.ask(queries -> {
                    List<BookEntry> page = item != 0
                            ? queries.tradesOf(item, player == null ? 0 : player.value(), before, max + 1)
                            : player == null
                                    ? queries.trades(before, max + 1)
                                    : queries.tradesOf(player, before, max + 1);
                    return new Trades(page, queries.isArchived());
                }))
                .thenCompose(asked -> {
                    List<BookEntry> found = asked.entries();
                    List<BookEntry> shown = found.subList(0, Math.min(max, found.size()));
                    long next = found.size() > max ? shown.get(max - 1).number() : 0;
                    return AnswerTimeout.bounded(publications.waiting(
                                    shown.stream().map(BookEntry::reference).toList()))
                            .thenApply(waiting -> new TradeRows(
                                    shown.stream()
                                            .map(entry -> row(entry, waiting))
                                            .toList(),
                                    next,
                                    books.entries(),
                                    books.behindMillis(),
                                    next == 0 && asked.archived()));
                });
    }

    private TradeRow row(BookEntry entry, UnpublishedTrades.Waiting waiting) {
        return new TradeRow(
                entry.reference(),
                entry.number(),
                entry.atMillis(),
                entry.room(),
                entry.proposer(),
                String.join(", ", entry.partnersOf(entry.proposer())),
                TradeOutcome.COMMITTED.name(),
                ErrorCode.OK.name(),
                entry.given(entry.proposer()),
                entry.received(entry.proposer()),
                publications.of(entry.reference(), waiting));
    }

    /**
     * Returns a trade with any outcome, directly from the store. The store forgets outcomes after a while; those that moved
     * goods are still in the books.
     */
    CompletionStage<?> trade(ApiRequest call) {
        TradeId id = call.trade("trade");
        return AnswerTimeout.bounded(services.store().accounts().findOutcome(TradeTransactions.id(id)))
                .thenCompose(
                        found -> found.isPresent() ? describe(TradeTransactions.record(id, found.get())) : booked(id));
    }

    private CompletionStage<TradeRow> booked(TradeId id) {
        return AnswerTimeout.bounded(books.ask(queries -> queries.trade(id))).thenCompose(found -> {
            BookEntry entry = found.orElseThrow(() -> RefusedException.notFound("no trade with this id is known; it may"
                    + " still be open, have ended without effect longer ago than store.outcomes-kept-days, or be in the"
                    + " archive (/api/v1/archive?trade=" + id + ")"));
            return AnswerTimeout.bounded(publications.waiting(List.of(entry.reference())))
                    .thenApply(waiting -> row(entry, waiting));
        });
    }

    private record Described(long entry, KnownGoods gave, KnownGoods got) {}

    private CompletionStage<TradeRow> describe(TradeRecord found) {
        SettledTrade trade = found.trade();
        boolean committed = trade.outcome() == TradeOutcome.COMMITTED;
        String id = trade.id().toString();
        return AnswerTimeout.bounded(books.ask(queries -> new Described(
                        queries.numberOf(trade),
                        queries.known(trade.terms().give()),
                        queries.known(trade.terms().want()))))
                .thenCombine(
                        AnswerTimeout.bounded(publications.waiting(committed ? List.of(id) : List.of())),
                        (described, waiting) -> new TradeRow(
                                id,
                                described.entry(),
                                trade.atMillis(),
                                found.room().name(),
                                trade.proposer().name(),
                                trade.partner().name(),
                                trade.outcome().name(),
                                trade.reason().name(),
                                described.gave(),
                                described.got(),
                                committed ? publications.of(id, waiting) : UnpublishedTrades.State.NONE));
    }

    /**
     * One step of an item.
     *
     * @param how {@code GRANT} out of a mint, {@code REVOKE} into one, {@code TRADE}, or {@code TRANSFER} in another way
     * @param from empty for a mint
     * @param to empty for a mint
     */
    record Step(long entry, long atMillis, String how, String from, String to, String reference) {}

    /**
     * @param omitted number of steps left out between the first and the others
     * @param archived whether earlier steps are in the archive
     */
    record ItemAnswer(long item, String kind, String owner, long omitted, List<Step> lineage, boolean archived) {}

    CompletionStage<?> item(ApiRequest call) {
        long id = call.number("item", 0);
        return AnswerTimeout.bounded(books.ask(queries -> queries.item(id)))
                .thenApply(found -> found.map(TradeViews::answer)
                        .orElseThrow(() -> RefusedException.notFound("there is no such item in the books; if it went"
                                + " into a mint long ago, the archive has its history (/api/v1/archive?item=" + id
                                + ")")));
    }

    private static ItemAnswer answer(BookItem item) {
        List<Step> lineage = new ArrayList<>();
        for (BookEntry entry : item.entries()) {
            for (BookLeg leg : entry.legs()) {
                if (leg.goods().items().containsKey(item.item())) {
                    String from = leg.isFromMint() ? "" : leg.from();
                    String to = leg.isToMint() ? "" : leg.to();
                    lineage.add(
                            new Step(entry.number(), entry.atMillis(), how(entry, leg), from, to, entry.reference()));
                }
            }
        }
        boolean isWhole = !lineage.isEmpty() && lineage.get(0).from().isEmpty();
        return new ItemAnswer(item.item(), item.kind(), item.owner(), item.omitted(), lineage, !isWhole);
    }

    private static String how(BookEntry entry, BookLeg leg) {
        return entry.isTrade() ? "TRADE" : leg.isFromMint() ? "GRANT" : leg.isToMint() ? "REVOKE" : "TRANSFER";
    }

    CompletionStage<?> economy(ApiRequest call) {
        return CompletableFuture.completedFuture(books.economy());
    }
}
