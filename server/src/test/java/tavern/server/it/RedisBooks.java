package tavern.server.it;

import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.TradeOutcome;

/** Audits a realm in Redis, with nothing of the store's own code: the keys are those of docs/STORE.md. */
final class RedisBooks {
    private static final String COMMITTED = "1";

    private final RedisCommands<String, String> redis;
    private final String realm;

    /** One pass over the realm. */
    private static final class Findings {
        final List<String> lines = new ArrayList<>();

        /** By player's id: what the ledger says they own, and how often that changed. */
        final Map<String, Map<String, Long>> accounts = new HashMap<>();

        final Map<String, Long> changes = new HashMap<>();
        final Map<String, String> tradesOfLedger = new HashMap<>();
    }

    RedisBooks(RedisCommands<String, String> redis, String realm) {
        this.redis = redis;
        this.realm = realm;
    }

    /** @param deals which the realm must know as the players do @return what is wrong; empty when nothing is */
    List<String> audit(Collection<Deal> deals) {
        Findings found = new Findings();
        readLedger(found);
        Map<String, String> names = redis.hgetall(key("names"));
        Map<String, String> owners = new HashMap<>();
        for (Map.Entry<String, String> player : names.entrySet()) {
            checkPlayer(player.getKey(), player.getValue(), owners, found);
        }
        Map<String, String> trades = new HashMap<>();
        names.forEach((name, id) ->
                redis.hgetall(key("trades:" + id)).forEach((uuid, record) -> trades.put(id + "-" + uuid, record)));
        checkTrades(trades, found);
        checkOutbox(trades, found);
        compare(trades, names, deals, found);
        return found.lines;
    }

    long outboxRows() {
        return redis.xlen(key("outbox"));
    }

    /** The newest of each room. */
    List<String> fences(List<String> rooms) {
        return rooms.stream().map(room -> redis.get(key("fence:room:" + room))).toList();
    }

    private String key(String name) {
        return "{" + realm + "}:" + name;
    }

    private void readLedger(Findings found) {
        for (StreamMessage<String, String> row : redis.xrange(key("ledger"), Range.unbounded())) {
            Map<String, String> fields = row.getBody();
            // A field that is missing is an entry that was not made by us, which no test makes.
            String entry = Objects.requireNonNull(fields.get("entry"));
            String account = Objects.requireNonNull(fields.get("account"));
            String other = Objects.requireNonNull(fields.get("other"));
            String gave = Objects.requireNonNull(fields.get("gave"));
            String got = Objects.requireNonNull(fields.get("got"));
            move(gave, account, other, found);
            move(got, other, account, found);
            found.changes.merge(account, 1L, Long::sum);
            found.changes.merge(other, 1L, Long::sum);
            String terms = gave + "|" + got;
            if (entry.startsWith("trade:") && found.tradesOfLedger.put(entry.substring(6), terms) != null) {
                found.lines.add("goods moved twice: " + entry);
            }
        }
    }

    private static void move(String goods, String from, String to, Findings found) {
        count(goods).forEach((what, count) -> {
            found.accounts.computeIfAbsent(from, id -> new TreeMap<>()).merge(what, -count, Long::sum);
            found.accounts.computeIfAbsent(to, id -> new TreeMap<>()).merge(what, count, Long::sum);
        });
    }

    /** {@code gold=30,#17:bow}: 30 of gold, and one of item 17. */
    private static Map<String, Long> count(String goods) {
        Map<String, Long> counts = new TreeMap<>();
        for (String word : goods.isEmpty() ? new String[0] : goods.split(",")) {
            int equals = word.indexOf('=');
            if (word.startsWith("#")) {
                counts.put(word.replaceFirst(":.*", ""), 1L);
            } else {
                counts.put(word.substring(0, equals), Long.parseLong(word.substring(equals + 1)));
            }
        }
        return counts;
    }

    private void checkPlayer(String name, String id, Map<String, String> owners, Findings found) {
        Map<String, Long> owned = new TreeMap<>();
        Map<String, String> hash = redis.hgetall(key("player:" + id));
        hash.forEach((field, value) -> {
            if (field.startsWith("s:")) {
                owned.put(field.substring(2), Long.parseLong(value));
            } else if (field.startsWith("i:")) {
                owned.put("#" + field.substring(2), 1L);
                String before = owners.put(field, name);
                if (before != null) {
                    found.lines.add("item " + field + " is owned by " + before + " and " + name);
                }
            }
        });
        Map<String, Long> booked = new TreeMap<>(found.accounts.getOrDefault(id, Map.of()));
        booked.values().removeIf(count -> count == 0);
        if (!booked.equals(owned)) {
            found.lines.add(name + " owns " + owned + ", but the ledger has " + booked);
        }
        String changes = String.valueOf(found.changes.getOrDefault(id, 0L));
        if (!name.equals(hash.get("name")) || !changes.equals(hash.get("version"))) {
            found.lines.add(name + " has " + changes + " rows in the ledger, but is " + hash);
        }
    }

    private static void checkTrades(Map<String, String> trades, Findings found) {
        trades.forEach((id, record) -> {
            if (outcome(record).equals(COMMITTED) && !terms(record).equals(found.tradesOfLedger.get(id))) {
                found.lines.add("committed trade moved other goods or nothing: " + id + " " + record + ", ledger "
                        + found.tradesOfLedger.get(id));
            }
        });
        Set<String> moved = new HashSet<>(found.tradesOfLedger.keySet());
        moved.removeIf(id -> trades.containsKey(id)
                && outcome(Objects.requireNonNull(trades.get(id))).equals(COMMITTED));
        moved.forEach(id -> found.lines.add("goods moved without a committed trade: " + id));
    }

    private void checkOutbox(Map<String, String> trades, Findings found) {
        for (StreamMessage<String, String> row : redis.xrange(key("outbox"), Range.unbounded())) {
            String record = trades.get(row.getBody().get("id"));
            if (record == null || !outcome(record).equals(COMMITTED)) {
                found.lines.add("to be published, but not committed: " + row);
            }
        }
    }

    private static void compare(
            Map<String, String> trades, Map<String, String> names, Collection<Deal> deals, Findings found) {
        Set<String> unknown = new HashSet<>(trades.keySet());
        for (Deal deal : deals) {
            String id = names.get(deal.from()) + "-" + deal.id();
            unknown.remove(id);
            String finding = compare(deal, trades.get(id));
            if (finding != null) {
                found.lines.add(finding);
            }
        }
        unknown.removeIf(id -> !outcome(Objects.requireNonNull(trades.get(id))).equals(COMMITTED));
        unknown.forEach(id -> found.lines.add("committed, but nobody tried it: " + id));
    }

    private static @Nullable String compare(Deal deal, @Nullable String record) {
        TradeOutcome told = deal.outcome();
        TradeOutcome stored = record == null ? null : TradeOutcome.forNumber(Integer.parseInt(outcome(record)));
        if (told != null && told != stored) {
            return "acknowledged trade is stored as " + stored + ": " + deal;
        }
        if (deal.isRefused() && stored != null) {
            return "refused trade is stored as " + stored + ": " + deal;
        }
        boolean sameTerms = record == null
                || (count(terms(record).replaceFirst("\\|.*", "")).equals(count(deal.give()))
                        && count(terms(record).replaceFirst(".*\\|", "")).equals(count(deal.want())));
        return sameTerms ? null : "stored with other terms: " + deal + " as " + record;
    }

    private static Map<String, Long> count(Goods goods) {
        Map<String, Long> counts = new TreeMap<>();
        goods.getStacksList().forEach(stack -> counts.put(stack.getKind(), stack.getCount()));
        goods.getItemIdsList().forEach(item -> counts.put("#" + item, 1L));
        return counts;
    }

    /** {@code outcome reason proposer partner at partner-id room fence gave|got}. */
    private static String outcome(String record) {
        return record.substring(0, record.indexOf(' '));
    }

    private static String terms(String record) {
        return record.substring(record.lastIndexOf(' ') + 1);
    }
}
