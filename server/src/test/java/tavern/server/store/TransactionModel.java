package tavern.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tavern.game.AccountId;
import tavern.game.Mint;
import tavern.game.PlayerId;

/** What transactions do, without a store: written for plainness, not for speed, and with none of the server's own code. */
final class TransactionModel {
    @SuppressWarnings("ArrayRecordComponent")
    private record Remembered(Refusal.@Nullable Reason reason, int index, byte[] memo, long atMillis) {}

    @SuppressWarnings("ArrayRecordComponent")
    private record Value(byte[] bytes, long version) {}

    private final Map<AccountId, TreeMap<String, Long>> counts = new HashMap<>();
    private final Map<AccountId, Long> versions = new HashMap<>();
    private final Map<Long, AccountId> owners = new TreeMap<>();
    private final Map<Long, String> kinds = new HashMap<>();
    private final Map<TransactionId, Remembered> outcomes = new HashMap<>();
    private final Map<String, Value> values = new HashMap<>();
    private final Map<PlayerId, Long> puts = new HashMap<>();
    private final Map<String, Long> entries = new TreeMap<>();
    private final Map<String, Integer> tally = new TreeMap<>();
    /** All ids from before this time must be refused, and those from before the other may be. */
    private long forgottenMillis;

    private long askedMillis;

    void open(PlayerId player, String kind, long count) {
        counts.put(player, new TreeMap<>(Map.of(kind, count)));
        versions.put(player, 1L);
    }

    long count(AccountId account, String kind) {
        return counts.getOrDefault(account, new TreeMap<>()).getOrDefault(kind, 0L);
    }

    Set<Long> items() {
        return owners.keySet();
    }

    AccountId owner(long item) {
        return owners.getOrDefault(item, new Mint("nobody"));
    }

    long version(PlayerId holder, String key) {
        Value value = values.get(holder + " " + key);
        return value == null ? 0 : value.version;
    }

    /** When the outcomes of ids without a time were remembered. */
    Map<String, Long> undated() {
        Map<String, Long> times = new HashMap<>();
        outcomes.forEach((id, remembered) -> {
            if (id.bornMillis() == 0) {
                times.put(id.text(), remembered.atMillis);
            }
        });
        return times;
    }

    void forget(long beforeMillis) {
        outcomes.entrySet().removeIf(it -> {
            long bornMillis = it.getKey().bornMillis();
            boolean isOld = (bornMillis > 0 ? bornMillis : it.getValue().atMillis) < beforeMillis;
            if (isOld && bornMillis > 0) {
                forgottenMillis = Math.max(forgottenMillis, bornMillis + 1);
            }
            return isOld;
        });
        askedMillis = Math.max(askedMillis, beforeMillis);
    }

    /** Compares the store's answer with what should have happened, and lets it happen. */
    void expect(Transaction transaction, Object outcome) {
        TransactionId id = transaction.id();
        if (isMalformed(transaction)) {
            assertThat(outcome).isInstanceOf(IllegalArgumentException.class);
            count("malformed");
            return;
        }
        boolean mayBeForgotten = id.bornMillis() > 0 && id.bornMillis() < askedMillis;
        boolean isForgotten = id.bornMillis() > 0 && id.bornMillis() < forgottenMillis;
        if (isForgotten || (mayBeForgotten && outcome instanceof OutcomeForgottenException)) {
            assertThat(outcome).isInstanceOf(OutcomeForgottenException.class);
            count("forgotten");
            return;
        }
        assertThat(outcome).as("outcome").isInstanceOf(TransactionResult.class);
        TransactionResult result = (TransactionResult) outcome;
        Remembered first = outcomes.get(id);
        Remembered now = first != null ? first : remembered(transaction);
        assertThat(result.isRepeat()).isEqualTo(first != null);
        assertSame(now, result);
        count(first != null ? "repeat" : now.reason == null ? "committed" : now.reason.name());
        if (first != null || now.reason != null) {
            assertThat(result.changes()).isEmpty();
        } else {
            carryOut(transaction, result);
            if (transaction.legs().size() > 20) {
                count("committed, many legs");
            }
        }
        if (now.reason == null || transaction.remembersRefusal()) {
            outcomes.put(id, now);
        }
    }

    private void count(String what) {
        tally.merge(what, 1, Integer::sum);
    }

    /** How often each thing happened, so that a schedule can be seen to be one of all things. */
    Map<String, Integer> tally() {
        return tally;
    }

    private static void assertSame(Remembered expected, TransactionResult result) {
        Refusal refusal = result.refusal();
        assertThat(refusal == null ? null : refusal.reason()).isEqualTo(expected.reason);
        assertThat(refusal == null ? 0 : refusal.index()).as("index").isEqualTo(expected.index);
        assertThat(result.memo()).isEqualTo(expected.memo);
        assertThat(result.atMillis()).isEqualTo(expected.atMillis);
    }

    private Remembered remembered(Transaction it) {
        Refusal.Reason reason = null;
        int index = missing(it);
        if (index >= 0) {
            reason = Refusal.Reason.INSUFFICIENT;
        } else if ((index = tooMuch(it)) >= 0) {
            reason = Refusal.Reason.TOO_MUCH;
        } else if ((index = changed(it)) >= 0) {
            reason = Refusal.Reason.VALUE_CHANGED;
        }
        return new Remembered(reason, Math.max(0, index), it.memo(), it.atMillis());
    }

    private static long sum(Transaction it, AccountId account, String kind, boolean given) {
        long sum = 0;
        for (Leg leg : it.legs()) {
            if (account.equals(given ? leg.from() : leg.to())) {
                sum = Math.addExact(sum, leg.goods().stacks().getOrDefault(kind, 0L));
            }
        }
        return sum;
    }

    private static boolean isMalformed(Transaction it) {
        try {
            for (Leg leg : it.legs()) {
                for (String kind : leg.goods().stacks().keySet()) {
                    if (!(leg.from() instanceof Mint)) {
                        sum(it, leg.from(), kind, true);
                    }
                    if (!(leg.to() instanceof Mint)) {
                        sum(it, leg.to(), kind, false);
                    }
                }
            }
        } catch (ArithmeticException e) {
            return true;
        }
        return goods(it) > 256;
    }

    private static int goods(Transaction it) {
        return it.legs().stream()
                .mapToInt(leg -> leg.goods().stacks().size()
                        + leg.goods().items().size()
                        + leg.made().size())
                .sum();
    }

    private int missing(Transaction it) {
        for (int i = 0; i < it.legs().size(); i++) {
            Leg leg = it.legs().get(i);
            if (leg.from() instanceof Mint) {
                continue;
            }
            for (String kind : leg.goods().stacks().keySet()) {
                if (sum(it, leg.from(), kind, true) > count(leg.from(), kind)) {
                    return i;
                }
            }
            for (Long item : leg.goods().items()) {
                if (!leg.from().equals(owners.get(item))) {
                    return i;
                }
            }
        }
        return -1;
    }

    private int tooMuch(Transaction it) {
        for (int i = 0; i < it.legs().size(); i++) {
            Leg leg = it.legs().get(i);
            if (leg.to() instanceof Mint) {
                continue;
            }
            for (String kind : leg.goods().stacks().keySet()) {
                long left = count(leg.to(), kind) - sum(it, leg.to(), kind, true);
                if (sum(it, leg.to(), kind, false) > Long.MAX_VALUE - left) {
                    return i;
                }
            }
        }
        return -1;
    }

    private int changed(Transaction it) {
        for (int i = 0; i < it.puts().size(); i++) {
            Put put = it.puts().get(i);
            if (put.seenVersion() != version(put.holder(), put.key())) {
                return i;
            }
        }
        return -1;
    }

    /** What becomes of one account. */
    private record Side(TreeMap<String, Long> before, TreeSet<Long> out, TreeMap<Long, String> in, List<String> made) {}

    private Side side(Map<AccountId, Side> sides, AccountId account) {
        return sides.computeIfAbsent(
                account,
                none -> new Side(
                        new TreeMap<>(counts.getOrDefault(account, new TreeMap<>())),
                        new TreeSet<>(),
                        new TreeMap<>(),
                        new ArrayList<>()));
    }

    private void carryOut(Transaction it, TransactionResult result) {
        Map<AccountId, Side> sides = new HashMap<>();
        for (Leg leg : it.legs()) {
            for (AccountId account : List.of(leg.from(), leg.to())) {
                if (!(account instanceof Mint)) {
                    side(sides, account);
                }
            }
        }
        // All leave before any arrives: in between, a count may not pass its limit.
        it.legs().forEach(leg -> leg.goods().stacks().forEach((kind, count) -> add(leg.from(), kind, -count)));
        it.legs().forEach(leg -> leg.goods().stacks().forEach((kind, count) -> add(leg.to(), kind, count)));
        for (Leg leg : it.legs()) {
            for (Long item : leg.goods().items()) {
                side(sides, leg.from()).out.add(item);
                if (leg.to() instanceof Mint) {
                    owners.remove(item);
                } else {
                    owners.put(item, leg.to());
                    side(sides, leg.to()).in.put(item, kinds.getOrDefault(item, "?"));
                }
            }
            if (!leg.made().isEmpty()) {
                side(sides, leg.to()).made.addAll(leg.made());
            }
        }
        assertThat(result.changes().keySet()).isEqualTo(sides.keySet());
        result.changes().forEach((account, change) -> {
            Side side = side(sides, account);
            versions.merge(account, 1L, Long::sum);
            assertThat(change.version()).as("version").isEqualTo(versions.get(account));
            assertThat(change.counts())
                    .isEqualTo(differences(side.before, counts.getOrDefault(account, new TreeMap<>())));
            assertThat(change.itemsOut()).isEqualTo(side.out);
            TreeMap<Long, String> fresh = new TreeMap<>(change.itemsIn());
            fresh.keySet().removeAll(side.in.keySet());
            assertThat(change.itemsIn()).containsAllEntriesOf(side.in);
            assertThat(fresh.values()).containsExactlyInAnyOrderElementsOf(side.made);
            fresh.forEach((item, kind) -> {
                assertThat(kinds.put(item, kind)).as("a new id").isNull();
                owners.put(item, account);
            });
        });
        for (Put put : it.puts()) {
            long version = puts.merge(put.holder(), 1L, Long::sum);
            String name = put.holder() + " " + put.key();
            if (put.value().length == 0) {
                values.remove(name);
            } else {
                values.put(name, new Value(put.value(), version));
            }
        }
        if (!it.legs().isEmpty()) {
            entries.merge(it.id().text(), 1L, Long::sum);
        }
    }

    private static TreeMap<String, Long> differences(TreeMap<String, Long> before, TreeMap<String, Long> after) {
        TreeMap<String, Long> changed = new TreeMap<>();
        TreeSet<String> all = new TreeSet<>(before.keySet());
        all.addAll(after.keySet());
        for (String kind : all) {
            if (!before.getOrDefault(kind, 0L).equals(after.getOrDefault(kind, 0L))) {
                changed.put(kind, after.getOrDefault(kind, 0L));
            }
        }
        return changed;
    }

    private void add(AccountId account, String kind, long delta) {
        if (!(account instanceof Mint)) {
            TreeMap<String, Long> own = counts.computeIfAbsent(account, none -> new TreeMap<>());
            own.merge(kind, delta, Math::addExact);
            own.values().removeIf(count -> count == 0);
        }
    }

    void compare(AccountId account, Optional<PlayerRecord> found) {
        assertThat(found.isPresent()).isEqualTo(versions.containsKey(account));
        found.ifPresent(record -> {
            assertThat(record.inventory().stacks()).isEqualTo(counts.getOrDefault(account, new TreeMap<>()));
            assertThat(record.inventory().version()).isEqualTo(versions.get(account));
            TreeMap<Long, String> items = new TreeMap<>();
            owners.forEach((item, owner) -> {
                if (owner.equals(account)) {
                    items.put(item, kinds.get(item));
                }
            });
            assertThat(record.inventory().items()).isEqualTo(items);
        });
    }

    void compare(PlayerId holder, String key, Optional<KeptValue> found) {
        Value value = values.get(holder + " " + key);
        assertThat(found.isPresent()).isEqualTo(value != null);
        if (value != null) {
            assertThat(found.orElseThrow().value()).isEqualTo(value.bytes);
            assertThat(found.orElseThrow().version()).isEqualTo(value.version);
        }
    }

    void compare(TransactionId id, Optional<TransactionResult> found) {
        Remembered remembered = outcomes.get(id);
        if (remembered != null) {
            assertSame(remembered, found.orElseThrow());
        } else {
            assertThat(found).isEmpty();
        }
    }

    /** @param found how often each id is in the ledger, with those from before the schedule */
    void compareLedger(Map<String, Long> found) {
        TreeMap<String, Long> ofTest = new TreeMap<>(found);
        ofTest.keySet().removeIf(id -> !id.startsWith("test:"));
        assertThat(ofTest).isEqualTo(entries);
    }
}
