package tavern.sim.oracle;

import com.google.protobuf.ByteString;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOffered;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TradeResult;

/**
 * Checks the trades of one room: an offer arrives with the terms that were sent, a commit follows an accept, both sides
 * are told the same outcome, and nobody is told of a trade that no bot made. A side whose session ended meanwhile need
 * not have been told.
 */
public final class TradeOracle {
    private record Key(String from, ByteString id) {}

    private final List<String> names;
    private final Tally tally;
    private final Map<Key, Trade> trades = new LinkedHashMap<>();

    public TradeOracle(List<String> names, Tally tally) {
        this.names = names;
        this.tally = tally;
    }

    public Collection<Trade> trades() {
        return Collections.unmodifiableCollection(trades.values());
    }

    public Trade offered(int proposer, int partner, TradeOffer offer) {
        Trade trade = new Trade(proposer, partner, names.get(proposer), offer);
        trades.put(new Key(trade.from(), offer.getTradeId()), trade);
        tally.add(Count.TRADES_OFFERED);
        return trade;
    }

    /** The server refused to open the trade, for a reason that means it keeps no record of it. */
    public void refused(Trade trade) {
        trade.refused = true;
        tally.add(Count.TRADES_REFUSED);
    }

    /**
     * An offer arrived.
     *
     * @return the trade, or null when no bot of this room made this offer on these terms
     */
    public @Nullable Trade offerArrived(int member, TradeOffered offered) {
        Trade trade = trades.get(new Key(offered.getFrom(), offered.getTradeId()));
        if (trade == null) {
            foreign(offered.getFrom(), "an offer to " + names.get(member));
            return null;
        }
        if (trade.partner() != member
                || !offered.getGive().equals(trade.offer().getGive())
                || !offered.getWant().equals(trade.offer().getWant())) {
            tally.fault(Count.TRADES_FORGED, trade + " has other terms or another partner than offered");
            return null;
        }
        trade.partnerAsked = true;
        return trade;
    }

    public void accepting(Trade trade, long nowNanos) {
        trade.acceptedNanos = nowNanos;
    }

    /**
     * A member was told how a trade ended.
     *
     * @return nanoseconds from accept to result, on the side that accepted; otherwise -1
     */
    public long told(int member, TradeResult result, long nowNanos) {
        Trade trade = trades.get(new Key(result.getFrom(), result.getTradeId()));
        if (trade == null) {
            foreign(result.getFrom(), "a result for " + names.get(member));
            return -1;
        }
        boolean byProposer = member == trade.proposer();
        TradeOutcome outcome = result.getOutcome();
        if (!byProposer && member != trade.partner()) {
            tally.fault(Count.TRADES_FORGED, trade + " told to " + names.get(member));
            return -1;
        }
        if (outcome == TradeOutcome.COMMITTED && trade.acceptedNanos == 0) {
            tally.fault(Count.TRADES_FORGED, trade + " committed though nobody accepted");
        }
        TradeOutcome known = trade.outcome();
        if (known == null) {
            tally.add(countOf(outcome));
        } else if (known != outcome) {
            tally.fault(Count.TRADES_CONTRADICTED, trade + ": " + known + " and " + outcome);
        }
        boolean first = byProposer ? trade.toldProposer == null : trade.toldPartner == null;
        if (byProposer) {
            trade.toldProposer = outcome;
        } else {
            trade.toldPartner = outcome;
        }
        // After a refused accept the trade ends for another reason at some later time, which says nothing about
        // latency.
        boolean carriedOut = outcome == TradeOutcome.COMMITTED || outcome == TradeOutcome.FAILED;
        return first && !byProposer && carriedOut && trade.acceptedNanos != 0 ? nowNanos - trade.acceptedNanos : -1;
    }

    /** The member's session ended: it need not be told any outcome that it has not been told by now. */
    public void sessionLost(int member) {
        for (Trade trade : trades.values()) {
            if (trade.proposer() == member || trade.partner() == member) {
                trade.excused |= trade.toldProposer == null || trade.toldPartner == null;
            }
        }
    }

    public boolean isSettled() {
        return trades.values().stream().noneMatch(trade -> trade.isOpen() || isUntold(trade));
    }

    /** Counts trades without an outcome or untold at the end of the run. */
    public void finish() {
        for (Trade trade : trades.values()) {
            if (trade.refused && trade.outcome() != null) {
                tally.fault(Count.TRADES_FORGED, trade + " refused, and then " + trade.outcome());
            } else if (trade.isOpen() && trade.outcome() == null) {
                tally.fault(Count.TRADES_UNSETTLED, trade.toString());
            } else if (isUntold(trade)) {
                tally.fault(Count.TRADES_UNTOLD, trade + ": " + trade.outcome());
            }
        }
    }

    private static boolean isUntold(Trade trade) {
        boolean oneTold = trade.toldPartner == null ? trade.toldProposer != null : trade.toldProposer == null;
        return oneTold && trade.partnerAsked && !trade.excused;
    }

    private void foreign(String from, String what) {
        if (names.contains(from)) {
            tally.fault(Count.TRADES_FORGED, what + " in the name of " + from);
        } else {
            tally.add(Count.FOREIGN);
        }
    }

    private static Count countOf(TradeOutcome outcome) {
        return switch (outcome) {
            case COMMITTED -> Count.TRADES_COMMITTED;
            case DECLINED -> Count.TRADES_DECLINED;
            case CANCELLED -> Count.TRADES_CANCELLED;
            case EXPIRED -> Count.TRADES_EXPIRED;
            case FAILED -> Count.TRADES_FAILED;
            case TRADE_OUTCOME_UNSPECIFIED, UNRECOGNIZED -> Count.TRADES_CONTRADICTED;
        };
    }
}
