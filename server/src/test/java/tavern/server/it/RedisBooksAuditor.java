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

/** Audits a realm in Redis, without any of the store's own code: the keys are those of docs/STORE.md. */
final class RedisBooksAuditor {
    private static final String COMMITTED = "1";
    private static final String FAILED = "5";

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

    RedisBooksAuditor(RedisCommands<String, String> redis, String realm) {
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
        Map<String, String> trades = readTrades();
        checkTrades(trades, found);
        checkOutbox(trades, found);
        compare(trades, names, deals, found);
        return found.lines;
    }

    long outboxRows() {
        return redis.xlen(key("outbox"));
    }

    /** The newest fence of each room. */
    List<String> fences(List<String> rooms) {
        return rooms.stream().map(room -> redis.get(key("fence:room:" + room))).toList();
    }

    private String key(String name) {
        return "{" + realm + "}:" + name;
    }

    private void readLedger(Findings found) {
        for (StreamMessage<String, String> row : redis.xrange(key("entries"), Range.unbounded())) {
            Map<String, String> fields = row.getBody();
            // A field that is missing is an entry that was not made by us, which no test makes.
            String id = Objects.requireNonNull(fields.get("id"));
            Set<String> accounts = new HashSet<>();
            Map<String, String> gave = new HashMap<>();
            for (String leg : Objects.requireNonNull(fields.get("legs")).split(";")) {
                String[] parts = leg.split("[>|]");
                move(parts[2], parts[0], parts[1], found);
                accounts.addAll(List.of(parts[0], parts[1]));
                gave.put(parts[0], parts[2].replaceAll("(#\\d+):[^,]+", "$1"));
            }
            accounts.forEach(account -> found.changes.merge(account, 1L, Long::sum));
            if (id.startsWith("trade:")) {
                String proposer = id.substring(6, id.indexOf('-'));
                String give = gave.getOrDefault(proposer, "");
                gave.remove(proposer);
                String terms = give + "|" + String.join("", gave.values());
                if (found.tradesOfLedger.put(id.substring(6), terms) != null) {
                    found.lines.add("goods moved twice: " + id);
                }
            }
        }
    }

    /** {@code <outcome> <gave>|<got>} by the trades' ids. */
    private Map<String, String> readTrades() {
        Map<String, String> trades = new HashMap<>();
        for (String home : redis.keys(key("outcomes*"))) {
            redis.hgetall(home).forEach((field, record) -> {
                String id = field.substring(field.indexOf(' ') + 1);
                if (id.startsWith("trade:")) {
                    String[] lines = record.split("\n", 2);
                    // outcome, reason, room, fence, proposer, partner's id and name, what each gives
                    String[] memo = lines[1].split(" ", -1);
                    String outcome = lines[0].contains(" ") ? FAILED : memo[0];
                    trades.put(id.substring(6), outcome + " " + memo[7] + "|" + memo[8]);
                }
            });
        }
        return trades;
    }

    private static void move(String goods, String from, String to, Findings found) {
        count(goods).forEach((what, count) -> {
            found.accounts.computeIfAbsent(from, id -> new TreeMap<>()).merge(what, -count, Long::sum);
            found.accounts.computeIfAbsent(to, id -> new TreeMap<>()).merge(what, count, Long::sum);
        });
    }

    /** {@code gold=30,#17:bow,+18:key}: 30 of gold, item 17, and item 18, which is new. */
    private static Map<String, Long> count(String goods) {
        Map<String, Long> counts = new TreeMap<>();
        for (String word : goods.isEmpty() ? new String[0] : goods.split(",")) {
            int equals = word.indexOf('=');
            if (word.startsWith("#") || word.startsWith("+")) {
                counts.put("#" + word.substring(1).replaceFirst(":.*", ""), 1L);
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
            String key = row.getBody().get("key");
            if (key != null && !key.startsWith("trade.")) {
                continue; // a grant or a starter kit
            }
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

    private static String outcome(String record) {
        return record.substring(0, record.indexOf(' '));
    }

    private static String terms(String record) {
        return record.substring(record.lastIndexOf(' ') + 1);
    }
}
