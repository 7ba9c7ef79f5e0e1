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
 * A trade as one source reports it: a bot, the feed or the store.
 *
 * @param from name of the player who made the offer
 * @param outcome how it ended, or {@code TRADE_OUTCOME_UNSPECIFIED} when nobody was told
 */
public record KnownTrade(String from, TradeOffer offer, TradeOutcome outcome) {
    /** The identity of a trade: trade ids are scoped to the proposer. */
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

    /** Whether the same goods move between the same two players, in whatever order the goods are listed. */
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
