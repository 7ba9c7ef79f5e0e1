package tavern.server.store.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import tavern.server.game.Goods;
import tavern.server.game.Inventory;
import tavern.server.game.Player;
import tavern.server.game.PlayerId;
import tavern.server.game.TradeId;
import tavern.server.store.GoodsText;
import tavern.server.store.Holdings;
import tavern.server.store.LedgerEntry;
import tavern.server.store.TradeRecord;

/** The ledger and what came of it, page by page. An entry's position is its id in the stream. */
final class LedgerPages {
    private static final String TRADE = "trade:";
    private static final String GRANT = "grant:";
    private static final int FIELDS = 12;

    private final Calls calls;
    private final Keys keys;

    LedgerPages(Calls calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    CompletionStage<List<LedgerEntry>> after(String position, int max) {
        Request request = Request.of(keys.ledger())
                .add(position.isEmpty() ? "-" : "(" + position)
                .add(max)
                .add(keys.trades())
                .add(keys.players());
        return calls.run(Script.LEDGER, request, reply -> {
            List<LedgerEntry> entries = new ArrayList<>(reply.size());
            for (int i = 0; i < reply.size(); i++) {
                entries.add(entry(reply.list(i)));
            }
            return entries;
        });
    }

    private static LedgerEntry entry(Reply entry) {
        String position = entry.text(0);
        Reply fields = entry.list(1);
        if (fields.size() != FIELDS || entry.isNull(2)) {
            throw new ForeignValueException("entry " + position + " is not one of ours");
        }
        String name = fields.text(1);
        PlayerId account = new PlayerId(fields.number(3));
        Goods gave = fields.goods(7).goods();
        GoodsText got = fields.goods(9);
        if (name.startsWith(TRADE)) {
            TradeId id = tradeId(position, account, name.substring(TRADE.length()));
            TradeRecord settled = TradeText.read(id, entry.text(2));
            return new LedgerEntry(
                    position,
                    id.toString(),
                    settled.trade().proposer(),
                    settled.trade().partner(),
                    settled.room(),
                    gave,
                    got.goods(),
                    new TreeMap<>(),
                    fields.number(11));
        }
        return new LedgerEntry(
                position,
                name.startsWith(GRANT) ? name.substring(GRANT.length()) : name,
                new Player(account, entry.text(2)),
                null,
                null,
                gave,
                got.goods(),
                got.items(),
                fields.number(11));
    }

    private static TradeId tradeId(String position, PlayerId proposer, String text) {
        try {
            return new TradeId(proposer, UUID.fromString(text.substring(text.indexOf('-') + 1)));
        } catch (IllegalArgumentException e) {
            throw new ForeignValueException("entry " + position + " is not of a trade of ours");
        }
    }

    CompletionStage<Holdings> holdings(long after, int max) {
        Request request =
                Request.of(keys.ledger(), keys.meta()).add(after).add(max).add(keys.players());
        return calls.run(Script.HOLDINGS, request, reply -> holdings(after, reply));
    }

    private Holdings holdings(long after, Reply reply) {
        SortedMap<PlayerId, Inventory> inventories = new TreeMap<>();
        List<String> unreadable = new ArrayList<>();
        long id = after;
        for (int i = 2; i < reply.size(); i++) {
            PlayerId player = new PlayerId(++id);
            Reply hash = reply.list(i);
            try {
                if (hash.size() > 0) {
                    inventories.put(player, PlayerHash.parse(hash).inventory());
                }
            } catch (ForeignValueException e) {
                unreadable.add(keys.player(player) + ": " + e.getMessage());
            }
        }
        boolean isLast = id >= reply.number(1);
        return new Holdings(reply.text(0), isLast ? Long.MAX_VALUE : id, isLast, inventories, unreadable);
    }
}
