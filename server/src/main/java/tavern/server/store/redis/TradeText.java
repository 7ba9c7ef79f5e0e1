package tavern.server.store.redis;

import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Player;
import tavern.server.game.PlayerId;
import tavern.server.game.RoomId;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.Terms;
import tavern.server.game.TradeId;
import tavern.server.store.TradeRecord;

/**
 * How a trade ended, as words: {@code outcome reason proposer's-name partner's-name at partner room fence gave|got}.
 * Outcome and reason as the protocol numbers them.
 */
final class TradeText {
    private static final int WORDS = 9;

    private TradeText() {}

    /** All words after the names. */
    static String rest(Settlement wish, RoomId room, long fence, long nowMillis, String gives, String wants) {
        return nowMillis + " " + wish.partner().id() + " " + room + " " + fence + " " + gives + "|" + wants;
    }

    static SettledTrade parse(TradeId id, String text) {
        return read(id, text).trade();
    }

    static TradeRecord read(TradeId id, String text) {
        String[] words = text.split(" ", WORDS);
        String terms = words[words.length - 1];
        int bar = terms.indexOf('|');
        if (words.length != WORDS || bar < 0) {
            throw new ForeignValueException("not a trade: " + text);
        }
        TradeOutcome outcome = TradeOutcome.forNumber((int) Decimal.parse(words[0]));
        ErrorCode reason = ErrorCode.forNumber((int) Decimal.parse(words[1]));
        if (outcome == null || reason == null) {
            throw new ForeignValueException("not a trade: " + text);
        }
        SettledTrade trade = new SettledTrade(
                id,
                new Player(id.proposer(), words[2]),
                new Player(new PlayerId(Decimal.parse(words[5])), words[3]),
                new Terms(
                        Reply.goods(terms.substring(0, bar)).goods(),
                        Reply.goods(terms.substring(bar + 1)).goods()),
                outcome,
                reason,
                Decimal.parse(words[4]),
                null,
                null);
        return new TradeRecord(trade, new RoomId(words[6]));
    }
}
