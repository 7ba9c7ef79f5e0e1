package tavern.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.Terms;
import tavern.server.game.TradeId;

/**
 * Trades as transactions. What the goods do not tell of a trade is its memo, one line: outcome and reason (numbers of the
 * protocol), room, fence, proposer's name, partner's number and name, what the proposer gives and wants as
 * {@link GoodsText}; {@code 1 0 hall 170000 ann 13 bob gold=5,#17 potion=1}.
 */
public final class TradeTransactions {
    public static final String KIND = "trade";

    private static final int WORDS = 9;

    private TradeTransactions() {}

    public static TransactionId id(TradeId trade) {
        return trade.isDated()
                ? TransactionId.dated(KIND, trade.proposer().toString(), trade.uuid())
                : TransactionId.undated(KIND + ":" + trade);
    }

    /**
     * A trade that cannot commit, whatever both sides have, has no legs, as one that ends in another way.
     *
     * @throws IllegalArgumentException for a settlement that no room would request
     */
    public static Transaction of(
            Settlement settlement, RoomId room, long fence, long nowMillis, @Nullable OutboxEvent event) {
        refuseNonsense(settlement);
        ErrorCode reason = knownReason(settlement);
        TradeOutcome outcome = reason == ErrorCode.OK ? settlement.outcome() : TradeOutcome.FAILED;
        boolean commits = outcome == TradeOutcome.COMMITTED;
        return Transaction.own(
                id(settlement.id()),
                commits ? legs(settlement) : List.of(),
                commits && event != null ? List.of(event) : List.of(),
                new Transaction.RoomFence(room, fence),
                memo(settlement, room, fence, outcome, reason),
                true,
                nowMillis);
    }

    private static void refuseNonsense(Settlement requested) {
        if (!requested.id().proposer().equals(requested.proposer().id())) {
            throw new IllegalArgumentException("trade " + requested.id() + " is not one of player "
                    + requested.proposer().id());
        }
        if (requested.outcome() == TradeOutcome.TRADE_OUTCOME_UNSPECIFIED
                || requested.outcome() == TradeOutcome.UNRECOGNIZED) {
            throw new IllegalArgumentException("a trade cannot end " + requested.outcome());
        }
    }

    /** Returns why the trade fails, as far as its terms alone tell. */
    private static ErrorCode knownReason(Settlement requested) {
        if (requested.outcome() != TradeOutcome.COMMITTED) {
            return requested.outcome() == TradeOutcome.FAILED ? ErrorCode.TRADE_INSUFFICIENT : ErrorCode.OK;
        }
        if (requested.proposer().id().equals(requested.partner().id())) {
            return ErrorCode.TRADE_BAD_PARTNER;
        }
        Terms terms = requested.terms();
        if (!terms.isCounted()) {
            return ErrorCode.TRADE_BAD_AMOUNT;
        }
        if (size(terms.give()) + size(terms.want()) > Transaction.GOODS_MAX) {
            return ErrorCode.TRADE_BAD_GOODS;
        }
        // An item that both sides are to give: one of them has not got it.
        boolean disjoint = terms.give().items().stream().noneMatch(terms.want().items()::contains);
        return disjoint ? ErrorCode.OK : ErrorCode.TRADE_INSUFFICIENT;
    }

    private static int size(Goods goods) {
        return goods.stacks().size() + goods.items().size();
    }

    private static List<Leg> legs(Settlement trade) {
        PlayerId proposer = trade.proposer().id();
        PlayerId partner = trade.partner().id();
        List<Leg> legs = new ArrayList<>(2);
        if (!trade.terms().give().isEmpty()) {
            legs.add(new Leg(proposer, partner, trade.terms().give(), List.of()));
        }
        if (!trade.terms().want().isEmpty()) {
            legs.add(new Leg(partner, proposer, trade.terms().want(), List.of()));
        }
        return legs;
    }

    private static byte[] memo(Settlement trade, RoomId room, long fence, TradeOutcome outcome, ErrorCode reason) {
        return memo(outcome, reason, room, fence, trade.proposer().name(), trade.partner(), trade.terms());
    }

    public static byte[] memo(
            TradeOutcome outcome,
            ErrorCode reason,
            RoomId room,
            long fence,
            String proposer,
            Player partner,
            Terms terms) {
        return (outcome.getNumber() + " " + reason.getNumber() + " " + room.name() + " " + fence + " " + proposer + " "
                        + partner.id() + " " + partner.name() + " " + GoodsText.of(terms.give()) + " "
                        + GoodsText.of(terms.want()))
                .getBytes(UTF_8);
    }

    /** How the trade ended whose end was asked for; with the changes of both sides' goods if it was committed just now. */
    public static SettledTrade settled(Settlement asked, TransactionResult result) {
        if (result.isRepeat() || result.refusal() != null) {
            return settled(asked.id(), result);
        }
        // As the memo has it.
        ErrorCode reason = knownReason(asked);
        return new SettledTrade(
                asked.id(),
                asked.proposer(),
                asked.partner(),
                asked.terms(),
                reason == ErrorCode.OK ? asked.outcome() : TradeOutcome.FAILED,
                reason,
                result.atMillis(),
                result.changes().get(asked.proposer().id()),
                result.changes().get(asked.partner().id()));
    }

    /** How the trade ended; with the changes of both sides' goods if it was committed just now. */
    public static SettledTrade settled(TradeId id, TransactionResult result) {
        return record(id, result).trade();
    }

    /**
     * @throws IllegalArgumentException when a party does not exist, so that there is no such trade
     * @throws ForeignValueException when the memo is not that of a trade
     */
    public static TradeRecord record(TradeId id, TransactionResult result) {
        Refusal refusal = result.refusal();
        if (refusal != null && refusal.reason() == Refusal.Reason.NO_SUCH_ACCOUNT) {
            throw new IllegalArgumentException(refusal.text());
        }
        String memo = new String(result.memo(), UTF_8);
        try {
            return record(id, result, memo.split(" ", -1));
        } catch (IllegalArgumentException e) {
            throw new ForeignValueException("the memo of transaction " + id(id).text() + " is not that of a trade ("
                    + e.getMessage() + "): " + memo);
        }
    }

    private static TradeRecord record(TradeId id, TransactionResult result, String[] words) {
        if (words.length != WORDS) {
            throw new IllegalArgumentException(words.length + " words instead of " + WORDS);
        }
        TradeOutcome outcome = TradeOutcome.forNumber(Integer.parseInt(words[0]));
        ErrorCode reason = ErrorCode.forNumber(Integer.parseInt(words[1]));
        if (outcome == null || reason == null) {
            throw new IllegalArgumentException("an unknown outcome or reason");
        }
        Refusal refusal = result.refusal();
        Player partner = new Player(new PlayerId(Long.parseLong(words[5])), words[6]);
        SettledTrade trade = new SettledTrade(
                id,
                new Player(id.proposer(), words[4]),
                partner,
                new Terms(
                        GoodsText.parse(words[7]).goods(),
                        GoodsText.parse(words[8]).goods()),
                refusal == null ? outcome : TradeOutcome.FAILED,
                refusal == null ? reason : reason(refusal),
                result.atMillis(),
                result.changes().get(id.proposer()),
                result.changes().get(partner.id()));
        return new TradeRecord(trade, new RoomId(words[2]));
    }

    private static ErrorCode reason(Refusal refusal) {
        return refusal.reason() == Refusal.Reason.TOO_MUCH ? ErrorCode.TRADE_BAD_AMOUNT : ErrorCode.TRADE_INSUFFICIENT;
    }
}
