package tavern.server.store.redis;

import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Terms;
import tavern.server.store.ForeignValueException;
import tavern.server.store.TradeTransactions;

/**
 * How servers of schema 1 remembered a trade, as words: {@code outcome reason proposer's-name partner's-name at partner
 * room fence gave|got}. Outcome and reason are the protocol's numbers.
 */
record TradeText(
        TradeOutcome outcome,
        ErrorCode reason,
        String proposer,
        Player partner,
        Terms terms,
        RoomId room,
        long fence,
        long atMillis) {
    private static final int WORDS = 9;

    static TradeText parse(String text) {
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
        return new TradeText(
                outcome,
                reason,
                words[2],
                new Player(new PlayerId(Decimal.parse(words[5])), words[3]),
                new Terms(
                        ScriptReply.goods(terms.substring(0, bar)).goods(),
                        ScriptReply.goods(terms.substring(bar + 1)).goods()),
                new RoomId(words[6]),
                Decimal.parse(words[7]),
                Decimal.parse(words[4]));
    }

    /** What a transaction remembers of such a trade. */
    byte[] memo() {
        return TradeTransactions.memo(outcome, reason, room, fence, proposer, partner, terms);
    }
}
