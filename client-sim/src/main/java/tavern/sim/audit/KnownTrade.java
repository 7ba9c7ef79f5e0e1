package tavern.sim.audit;

import com.google.protobuf.ByteString;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;

/**
 * A trade as somebody tells of it.
 *
 * @param from who made the offer
 * @param outcome {@code TRADE_OUTCOME_UNSPECIFIED}: nobody was told
 */
public record KnownTrade(String from, TradeOffer offer, TradeOutcome outcome) {
    /** What makes a trade one and the same: ids are scoped to who offered. */
    public record Key(String from, ByteString id) {}

    public Key key() {
        return new Key(from, offer.getTradeId());
    }

    public boolean isAcknowledged() {
        return outcome != TradeOutcome.TRADE_OUTCOME_UNSPECIFIED;
    }

    public boolean isCommitted() {
        return outcome == TradeOutcome.COMMITTED;
    }

    /** Whether the same goods go between the same two; the order in which they are named does not matter. */
    public boolean hasTermsOf(KnownTrade other) {
        return from.equals(other.from)
                && offer.getTo().equals(other.offer.getTo())
                && stacks(offer.getGive()).equals(stacks(other.offer.getGive()))
                && items(offer.getGive()).equals(items(other.offer.getGive()))
                && stacks(offer.getWant()).equals(stacks(other.offer.getWant()))
                && items(offer.getWant()).equals(items(other.offer.getWant()));
    }

    private static Map<String, Long> stacks(Goods goods) {
        Map<String, Long> counts = new TreeMap<>();
        for (Stack stack : goods.getStacksList()) {
            counts.merge(stack.getKind(), stack.getCount(), Math::addExact);
        }
        return counts;
    }

    private static Set<Long> items(Goods goods) {
        List<Long> ids = goods.getItemIdsList();
        return new HashSet<>(ids);
    }

    @Override
    public String toString() {
        return "trade " + TradeIds.text(offer.getTradeId()) + " of " + from + " with " + offer.getTo();
    }
}
