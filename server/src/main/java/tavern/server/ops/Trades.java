package tavern.server.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.PlayerId;
import tavern.server.game.SettledTrade;
import tavern.server.ops.books.BookEntry;
import tavern.server.ops.books.BookItem;
import tavern.server.ops.books.Books;
import tavern.server.ops.books.KnownGoods;
import tavern.server.store.PlayerRecord;
import tavern.server.store.TradeRecord;

/** Trades, the way of an item, and whether goods add up. */
final class Trades {
    private static final int ROWS = 50;

    private final OpsServices services;
    private final Books books;
    private final Publications publications;

    Trades(OpsServices services, Books books) {
        this.services = services;
        this.books = books;
        Setting feed = services.inForce().get("feed.kind");
        publications =
                new Publications(services.store(), feed != null && !feed.value().equals("none"));
    }

    /**
     * @param entry of the ledger, from 1; 0: it moved nothing, or is not in the books yet
     * @param reason why, when it failed; else {@code OK}
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
            Publications.State publication) {}

    /**
     * @param next to pass as {@code before}; 0: there are no more
     * @param entries of the ledger that are known
     * @param behindMillis how old this is at most
     */
    record TradeRows(List<TradeRow> trades, long next, long entries, long behindMillis) {}

    CompletionStage<?> trades(Call call) {
        if (!call.has("player")) {
            return trades(call, null);
        }
        return Asked.bounded(services.store().findPlayer(call.text("player")))
                .thenApply(found -> found.map(PlayerRecord::player).orElseThrow(Trades::noSuchPlayer))
                .thenCompose(player -> trades(call, player.id()));
    }

    static RefusedException noSuchPlayer() {
        return RefusedException.notFound("there never was a player of this name");
    }

    private CompletionStage<TradeRows> trades(Call call, @Nullable PlayerId player) {
        int max = (int) call.number("max", ROWS);
        long before = call.number("before", Long.MAX_VALUE);
        long item = call.number("item", 0);
        // One more than is shown: whether there is a next page.
        return Asked.bounded(books.ask(asked -> {
                    if (item != 0) {
                        return asked.tradesOf(item, player == null ? 0 : player.value(), before, max + 1);
                    }
                    return player == null ? asked.trades(before, max + 1) : asked.tradesOf(player, before, max + 1);
                }))
                .thenCompose(found -> {
                    List<BookEntry> shown = found.subList(0, Math.min(max, found.size()));
                    long next = found.size() > max ? shown.get(max - 1).number() : 0;
                    return Asked.bounded(publications.waiting(
                                    shown.stream().map(BookEntry::reference).toList()))
                            .thenApply(waiting -> new TradeRows(
                                    shown.stream()
                                            .map(entry -> row(entry, waiting))
                                            .toList(),
                                    next,
                                    books.entries(),
                                    books.behindMillis()));
                });
    }

    private TradeRow row(BookEntry entry, Publications.Waiting waiting) {
        return new TradeRow(
                entry.reference(),
                entry.number(),
                entry.atMillis(),
                entry.room(),
                entry.account(),
                entry.other(),
                TradeOutcome.COMMITTED.name(),
                ErrorCode.OK.name(),
                entry.gave(),
                entry.got(),
                publications.of(entry.reference(), waiting));
    }

    /** Of any outcome, straight from the store. */
    CompletionStage<?> trade(Call call) {
        return Asked.bounded(services.store().findTradeRecord(call.trade("trade")))
                .thenCompose(found -> describe(found.orElseThrow(
                        () -> RefusedException.notFound("no trade of this id has ended; it may be open yet"))));
    }

    private record Described(long entry, KnownGoods gave, KnownGoods got) {}

    private CompletionStage<TradeRow> describe(TradeRecord found) {
        SettledTrade trade = found.trade();
        boolean committed = trade.outcome() == TradeOutcome.COMMITTED;
        String id = trade.id().toString();
        return Asked.bounded(books.ask(asked -> new Described(
                        asked.numberOf(trade),
                        asked.known(trade.terms().give()),
                        asked.known(trade.terms().want()))))
                .thenCombine(
                        Asked.bounded(publications.waiting(committed ? List.of(id) : List.of())),
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
                                committed ? publications.of(id, waiting) : Publications.State.NONE));
    }

    /** One step of an item. @param from empty: out of the mint @param to empty: back into it */
    record Step(long entry, long atMillis, String how, String from, String to, String reference) {}

    /** @param omitted steps between the first and the others that are left out */
    record ItemAnswer(long item, String kind, String owner, long omitted, List<Step> lineage) {}

    CompletionStage<?> item(Call call) {
        long id = call.number("item", 0);
        return Asked.bounded(books.ask(asked -> asked.item(id)))
                .thenApply(found -> found.map(Trades::answer)
                        .orElseThrow(() -> RefusedException.notFound("the books know of no such item")));
    }

    private static ItemAnswer answer(BookItem item) {
        List<Step> lineage = new ArrayList<>();
        for (BookEntry entry : item.entries()) {
            boolean given = entry.gave().items().containsKey(item.item());
            String from = given ? entry.account() : entry.other();
            String to = given ? entry.other() : entry.account();
            String how = entry.isTrade() ? "TRADE" : given ? "REVOKE" : "GRANT";
            lineage.add(new Step(entry.number(), entry.atMillis(), how, from, to, entry.reference()));
        }
        return new ItemAnswer(item.item(), item.kind(), item.owner(), item.omitted(), lineage);
    }

    CompletionStage<?> economy(Call call) {
        return CompletableFuture.completedFuture(books.economy());
    }
}
