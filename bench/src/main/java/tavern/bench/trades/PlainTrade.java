package tavern.bench.trades;

import org.jspecify.annotations.Nullable;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.protocol.UuidV7;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Settlement;
import tavern.server.game.Terms;
import tavern.server.game.TradeId;
import tavern.server.store.OutboxEvent;
import tavern.server.store.TradeTransactions;
import tavern.server.store.Transaction;

/** The transaction that a room has carried out when one gold is traded for one potion. */
final class PlainTrade {
    static final Terms TERMS = new Terms(Goods.of("gold", 1), Goods.of("potion", 1));

    private PlainTrade() {}

    /** @param salt makes the id of the trade unique */
    static Transaction of(
            Player proposer, Player partner, RoomId room, long fence, long salt, @Nullable OutboxEvent event) {
        return of(proposer, partner, room, fence, salt, System.currentTimeMillis(), event);
    }

    static Transaction of(
            Player proposer,
            Player partner,
            RoomId room,
            long fence,
            long salt,
            long nowMillis,
            @Nullable OutboxEvent event) {
        TradeId id = new TradeId(proposer.id(), UuidV7.of(nowMillis, salt));
        Settlement settlement = new Settlement(id, proposer, partner, TERMS, TradeOutcome.COMMITTED);
        return TradeTransactions.of(settlement, room, fence, nowMillis, event);
    }
}
