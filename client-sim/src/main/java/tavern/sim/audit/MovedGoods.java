package tavern.sim.audit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;

/** The ledger lines of a transaction: what each account gains and loses. */
final class MovedGoods {
    /**
     * One line of an account.
     *
     * @param kind empty for a unique item
     * @param item 0 for counted goods
     */
    record Line(long account, String kind, long item) {}

    /** Goods that move from one account to another; 0 is a mint. */
    record Leg(long from, long to, Goods goods) {}

    private final Map<Line, Long> sums = new HashMap<>();

    private MovedGoods() {}

    /** Sums by line, without those that are zero. */
    static Map<Line, Long> of(long proposer, long partner, TradeOffer offer) {
        return of(List.of(new Leg(proposer, partner, offer.getGive()), new Leg(partner, proposer, offer.getWant())));
    }

    /** Sums by line, without those that are zero. */
    static Map<Line, Long> of(List<Leg> legs) {
        MovedGoods moved = new MovedGoods();
        legs.forEach(leg -> moved.move(leg.from(), leg.to(), leg.goods()));
        moved.sums.values().removeIf(sum -> sum == 0);
        return moved.sums;
    }

    private void move(long from, long to, Goods goods) {
        for (Stack stack : goods.getStacksList()) {
            sums.merge(new Line(from, stack.getKind(), 0), -stack.getCount(), Long::sum);
            sums.merge(new Line(to, stack.getKind(), 0), stack.getCount(), Long::sum);
        }
        for (long item : goods.getItemIdsList()) {
            sums.merge(new Line(from, "", item), -1L, Long::sum);
            sums.merge(new Line(to, "", item), 1L, Long::sum);
        }
    }
}
