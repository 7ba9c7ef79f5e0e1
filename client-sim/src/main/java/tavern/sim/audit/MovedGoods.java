package tavern.sim.audit;

import java.util.HashMap;
import java.util.Map;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;

/** What a trade does to the books: what each side gains and loses. */
final class MovedGoods {
    /**
     * One account's line.
     *
     * @param kind empty for a unique item
     * @param item 0 for goods that are counted
     */
    record Line(long account, String kind, long item) {}

    private final Map<Line, Long> sums = new HashMap<>();

    private MovedGoods() {}

    /** Sums by line, without those that are nothing. */
    static Map<Line, Long> of(long proposer, long partner, TradeOffer offer) {
        MovedGoods moved = new MovedGoods();
        moved.move(proposer, partner, offer.getGive());
        moved.move(partner, proposer, offer.getWant());
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
