package tavern.sim.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.TradeOffer;
import tavern.sim.audit.MovedGoods.Line;

/**
 * The books of a realm in Redis: what the players own against what the ledger says they got and gave. Fed with all
 * players and all entries in any order; then it knows the contradictions.
 */
final class RedisBooks {
    private final Set<String> wanted;
    private final Map<String, Map<Line, Long>> kept = new HashMap<>();
    private final Set<String> entries = new HashSet<>();
    private final Map<Line, Long> rest = new HashMap<>();
    private final Map<Long, Long> ownerByItem = new HashMap<>();
    private final Map<Long, String> kindByItem = new HashMap<>();
    private final Map<Long, String> grantedKind = new HashMap<>();
    private final List<String> contradictions = new ArrayList<>();
    private long grants;

    /** @param wanted entries of the ledger that {@link #moved} will be asked about */
    RedisBooks(Set<String> wanted) {
        this.wanted = wanted;
    }

    /** A player's hash: {@code s:<kind>} to count, {@code i:<item>} to kind, and what is not goods. */
    void player(long id, Map<String, String> hash) {
        hash.forEach((field, value) -> {
            try {
                if (field.startsWith("s:")) {
                    stack(id, field.substring(2), Long.parseLong(value));
                } else if (field.startsWith("i:")) {
                    item(id, Long.parseLong(field.substring(2)), value);
                }
            } catch (NumberFormatException e) {
                contradictions.add("player " + id + " has " + field + " = " + value);
            }
        });
    }

    private void stack(long player, String kind, long count) {
        if (count <= 0) {
            contradictions.add("player " + player + " has " + count + " of " + kind);
        }
        rest.merge(new Line(player, kind, 0), count, Long::sum);
    }

    private void item(long player, long item, String kind) {
        rest.merge(new Line(player, "", item), 1L, Long::sum);
        kindByItem.put(item, kind);
        Long other = ownerByItem.putIfAbsent(item, player);
        if (other != null) {
            contradictions.add("item " + item + " belongs to " + other + " and to " + player);
        }
    }

    /** An entry of the ledger stream. */
    void entry(String id, Map<String, String> fields) {
        try {
            String entry = text(fields, "entry");
            long account = Long.parseLong(text(fields, "account"));
            long other = Long.parseLong(text(fields, "other"));
            Goods gave = RedisText.goods(text(fields, "gave"));
            String got = text(fields, "got");
            if (!entries.add(entry)) {
                contradictions.add("the ledger has " + entry + " twice");
            }
            if (entry.startsWith("grant:")) {
                grants++;
                grantedKind.putAll(RedisText.newItems(got));
            }
            post(entry, MovedGoods.of(account, other, offer(gave, RedisText.goods(got))));
        } catch (IllegalArgumentException e) {
            contradictions.add("ledger entry " + id + " cannot be read: " + e.getMessage());
        }
    }

    private static TradeOffer offer(Goods gave, Goods got) {
        return TradeOffer.newBuilder().setGive(gave).setWant(got).build();
    }

    private static String text(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no field " + name);
        }
        return value;
    }

    private void post(String entry, Map<Line, Long> moved) {
        // Account 0 is where grants come from: it owns nothing, and what it gave is what all others have.
        moved.forEach((line, delta) -> {
            if (line.account() != 0) {
                rest.merge(line, -delta, Long::sum);
            }
        });
        if (wanted.contains(entry)) {
            moved.forEach((line, delta) ->
                    kept.computeIfAbsent(entry, name -> new HashMap<>()).merge(line, delta, Long::sum));
        }
    }

    /** What an entry moved, all its appearances together; nothing when the ledger does not have it. */
    Map<Line, Long> moved(String entry) {
        return kept.getOrDefault(entry, Map.of());
    }

    /** @param grantsKnown how many grants the store remembers to have given */
    List<String> contradictions(long grantsKnown) {
        List<String> found = new ArrayList<>(contradictions);
        Set<String> sorted = new TreeSet<>();
        rest.forEach((line, sum) -> {
            if (sum != 0) {
                sorted.add("player " + line.account() + " has " + (sum > 0 ? sum + " more of " : -sum + " less of ")
                        + (line.item() == 0 ? line.kind() : "item " + line.item()) + " than the ledger says");
            }
        });
        found.addAll(sorted);
        kindByItem.forEach((item, kind) -> {
            if (!kind.equals(grantedKind.get(item))) {
                found.add("item " + item + " is a " + kind + " and was granted as " + grantedKind.get(item));
            }
        });
        if (grants != grantsKnown) {
            found.add("the ledger has " + grants + " grants, the store remembers " + grantsKnown);
        }
        return found;
    }
}
