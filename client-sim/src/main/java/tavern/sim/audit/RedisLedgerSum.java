package tavern.sim.audit;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tavern.sim.audit.MovedGoods.Line;

/**
 * Compares what the accounts of a realm in Redis hold with what they had at the checkpoint, and received and gave since
 * then by the ledger. Feed it the checkpoint first, if there is one, then all accounts and all entries in any order; then
 * {@link #contradictions} lists what does not agree.
 */
final class RedisLedgerSum {
    private static final Pattern ONCE = Pattern.compile("(trade|grant|starter):");
    private static final String GRANT = "grant:";
    /** Begins the keys of items in the checkpoint, and stands for all items of a mint. */
    private static final String ITEM = "#";

    private final Set<String> wanted;
    private final Map<String, Map<Line, Long>> kept = new HashMap<>();
    private final Set<String> once = new HashSet<>();
    private final Set<String> grants = new HashSet<>();
    private final Map<String, BigInteger> checkpointed = new TreeMap<>();
    private final Map<Line, Long> rest = new HashMap<>();
    private final Map<Long, Long> ownerByItem = new HashMap<>();
    private final Map<Long, String> kindByItem = new HashMap<>();
    private final Map<Long, String> madeAs = new HashMap<>();
    private final List<String> contradictions = new ArrayList<>();

    /** @param wanted ledger entries that {@link #moved} will be called for */
    RedisLedgerSum(Set<String> wanted) {
        this.wanted = wanted;
    }

    /**
     * Adds a row of the checkpoint: {@code 12 gold} → {@code 30}, {@code #17} → {@code 12 bow}, {@code mint:shop gold} →
     * {@code -500}, {@code mint:shop #} → {@code -3} (items), {@code grant:ref} → its date.
     */
    void checkpoint(String key, String value) {
        try {
            if (key.startsWith(GRANT)) {
                grants.add(key);
                return;
            }
            String[] words = (key.startsWith(ITEM) ? value : key).split(" ", -1);
            if (words.length != 2) {
                throw new IllegalArgumentException("not two words");
            }
            if (key.startsWith(ITEM)) {
                long item = Long.parseLong(key.substring(ITEM.length()));
                madeAs.put(item, words[1]);
                rest.merge(new Line(Long.parseLong(words[0]), "", item), -1L, Long::sum);
                checkpointed.merge(ITEM, BigInteger.ONE, BigInteger::add);
                return;
            }
            checkpointed.merge(words[1], new BigInteger(value), BigInteger::add);
            if (!words[0].startsWith("mint:")) {
                rest.merge(new Line(Long.parseLong(words[0]), words[1], 0), -Long.parseLong(value), Long::sum);
            }
        } catch (IllegalArgumentException e) {
            contradictions.add("the checkpoint has " + key + " = " + value);
        }
    }

    /**
     * Adds a player's hash: {@code s:<kind>} maps to a count, {@code i:<item>} to a kind; other fields are not goods.
     */
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

    /** Adds an entry of the ledger stream, of this schema or of the first, from after the checkpoint. */
    void entry(String id, Map<String, String> fields) {
        add(id, fields, false);
    }

    /** Adds an entry that the checkpoint includes. */
    void sealedEntry(String id, Map<String, String> fields) {
        add(id, fields, true);
    }

    private void add(String id, Map<String, String> fields, boolean isSealed) {
        try {
            if (fields.containsKey("legs")) {
                String legs = text(fields, "legs");
                List<MovedGoods.Leg> moved = RedisText.legs(legs);
                post(text(fields, "id"), moved, RedisText.made(legs), isSealed);
            } else {
                earlier(fields, isSealed);
            }
        } catch (IllegalArgumentException e) {
            contradictions.add("ledger entry " + id + " cannot be read: " + e.getMessage());
        }
    }

    /** An entry that a server of schema 1 wrote: two accounts, of which 0 is a mint. */
    private void earlier(Map<String, String> fields, boolean isSealed) {
        String entry = text(fields, "entry");
        long account = Long.parseLong(text(fields, "account"));
        long other = Long.parseLong(text(fields, "other"));
        String got = text(fields, "got");
        List<MovedGoods.Leg> legs = List.of(
                new MovedGoods.Leg(account, other, RedisText.goods(text(fields, "gave"))),
                new MovedGoods.Leg(other, account, RedisText.goods(got)));
        post(entry, legs, RedisText.kinds(got, "#"), isSealed);
    }

    private static String text(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no field " + name);
        }
        return value;
    }

    /** @param made the kinds of the items that were made, by item id */
    private void post(String entry, List<MovedGoods.Leg> legs, Map<Long, String> made, boolean isSealed) {
        // The id of a trade has a time, and neither a player's number nor the reference of a grant is used twice.
        // Ids of other transactions may be used again once the store has forgotten them.
        if (ONCE.matcher(entry).lookingAt() && !once.add(entry)) {
            contradictions.add("the ledger has " + entry + " twice");
        }
        Map<Line, Long> moved = MovedGoods.of(legs);
        if (!isSealed) {
            sum(entry, moved, made);
        }
        if (wanted.contains(entry)) {
            moved.forEach((line, delta) ->
                    kept.computeIfAbsent(entry, name -> new HashMap<>()).merge(line, delta, Long::sum));
        }
    }

    private void sum(String entry, Map<Line, Long> moved, Map<Long, String> made) {
        // The checkpoint has references with '%' in another form.
        if (grants.contains(entry) && entry.indexOf('%') < 0) {
            contradictions.add("the ledger has " + entry + " again, which the checkpoint has");
        }
        madeAs.putAll(made);
        // Mints, here 0, own nothing: what they gave equals what all others have.
        moved.forEach((line, delta) -> {
            if (line.account() != 0) {
                rest.merge(line, -delta, Long::sum);
            }
        });
    }

    /** What an entry moved, summed over all its occurrences; empty when the ledger does not have it. */
    Map<Line, Long> moved(String entry) {
        return kept.getOrDefault(entry, Map.of());
    }

    List<String> contradictions() {
        List<String> found = new ArrayList<>(contradictions);
        checkpointed.forEach((kind, sum) -> {
            if (sum.signum() != 0) {
                found.add("the checkpoint does not add up: " + kind + " " + sum);
            }
        });
        Set<String> sorted = new TreeSet<>();
        rest.forEach((line, sum) -> {
            if (sum != 0) {
                sorted.add("player " + line.account() + " has " + (sum > 0 ? sum + " more of " : -sum + " less of ")
                        + (line.item() == 0 ? line.kind() : "item " + line.item()) + " than the ledger says");
            }
        });
        found.addAll(sorted);
        kindByItem.forEach((item, kind) -> {
            if (!kind.equals(madeAs.get(item))) {
                found.add("item " + item + " is a " + kind + " and was made as " + madeAs.get(item));
            }
        });
        return found;
    }
}
