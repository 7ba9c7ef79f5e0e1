package tavern.sim.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TransactionCommitted;

/**
 * Recomputes the economy of some players from the feed alone: what each had at first, plus what it received, minus what
 * it gave, minus what it has now, must be zero. The sums do not depend on the order of the messages.
 */
final class Replay {
    private record Line(String player, String goods) implements Comparable<Line> {
        @Override
        public int compareTo(Line other) {
            int byPlayer = player.compareTo(other.player);
            return byPlayer != 0 ? byPlayer : goods.compareTo(other.goods);
        }
    }

    private final Set<String> players;
    // Sums wrap around instead of throwing: a forged count of any size still leaves a difference.
    private final Map<Line, Long> sums = new TreeMap<>();

    /** @param players the players whose goods are known both before and after */
    Replay(Set<String> players) {
        this.players = players;
    }

    void before(String player, Inventory inventory) {
        count(player, inventory, 1);
    }

    void after(String player, Inventory inventory) {
        count(player, inventory, -1);
    }

    void apply(TransactionCommitted trade) {
        String proposer = trade.getProposer().getPlayer();
        String partner = trade.getPartner().getPlayer();
        move(proposer, partner, trade.getProposer().getGave());
        move(partner, proposer, trade.getPartner().getGave());
    }

    /** Descriptions of sums that are not zero. */
    List<String> differences() {
        List<String> differences = new ArrayList<>();
        sums.forEach((line, rest) -> {
            if (rest != 0) {
                differences.add("by the feed " + line.player() + " should own "
                        + (rest > 0 ? rest + " more" : -rest + " less") + " of " + line.goods());
            }
        });
        return differences;
    }

    private void count(String player, Inventory inventory, int sign) {
        for (Stack stack : inventory.getStacksList()) {
            add(player, stack.getKind(), sign * stack.getCount());
        }
        for (Item item : inventory.getItemsList()) {
            add(player, item(item.getId()), sign);
        }
    }

    private void move(String from, String to, Goods goods) {
        for (Stack stack : goods.getStacksList()) {
            add(from, stack.getKind(), -stack.getCount());
            add(to, stack.getKind(), stack.getCount());
        }
        for (long item : goods.getItemIdsList()) {
            add(from, item(item), -1);
            add(to, item(item), 1);
        }
    }

    private static String item(long id) {
        return "item " + Long.toUnsignedString(id);
    }

    private void add(String player, String goods, long count) {
        if (players.contains(player)) {
            sums.merge(new Line(player, goods), count, Long::sum);
        }
    }
}
