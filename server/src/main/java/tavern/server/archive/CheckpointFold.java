package tavern.server.archive;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tavern.game.AccountId;
import tavern.game.Mint;
import tavern.game.PlayerId;
import tavern.server.store.CheckpointDigest;
import tavern.server.store.CheckpointRow;
import tavern.server.store.GrantTransactions;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerLeg;
import tavern.server.store.TransactionId;

/** What the entries of one segment change in the checkpoint. Confined to one thread. */
final class CheckpointFold {
    private static final long NOBODY = 0;

    private final Map<String, BigInteger> counts = new HashMap<>();
    private final Map<Long, Move> items = new HashMap<>();
    private final Map<String, Long> grants = new HashMap<>();

    /**
     * @param giver the owner before the segment; {@link #NOBODY} if the item was made in it
     * @param kind empty if no entry has told it
     */
    private record Move(long giver, long owner, String kind) {}

    /** @throws UnsoundLedgerException when the entry contradicts those before it in the segment */
    void add(LedgerEntry entry) throws UnsoundLedgerException {
        if (TransactionId.undated(entry.id()).kind().equals(GrantTransactions.KIND)) {
            grants.putIfAbsent(CheckpointRow.keyOfGrant(entry.id()), entry.atMillis());
        }
        for (LedgerLeg leg : entry.legs()) {
            for (Map.Entry<String, Long> stack : leg.stacks().entrySet()) {
                count(leg, stack.getKey(), stack.getValue());
            }
            for (Map.Entry<Long, String> made : leg.made().entrySet()) {
                if (items.put(made.getKey(), new Move(NOBODY, number(leg.to()), made.getValue())) != null) {
                    throw unsound(entry, "makes item " + made.getKey() + ", which was there");
                }
            }
            for (Map.Entry<Long, String> item : leg.items().entrySet()) {
                move(entry, leg, item.getKey(), item.getValue());
            }
            countItems(leg);
        }
    }

    private void count(LedgerLeg leg, String kind, long count) {
        BigInteger moved = BigInteger.valueOf(count);
        counts.merge(CheckpointRow.keyOfCount(leg.from(), kind), moved.negate(), BigInteger::add);
        counts.merge(CheckpointRow.keyOfCount(leg.to(), kind), moved, BigInteger::add);
    }

    private void countItems(LedgerLeg leg) {
        BigInteger moved =
                BigInteger.valueOf(leg.items().size() + (long) leg.made().size());
        if (moved.signum() != 0 && leg.from() instanceof Mint mint) {
            counts.merge(CheckpointRow.keyOfItems(mint), moved.negate(), BigInteger::add);
        } else if (moved.signum() != 0 && leg.to() instanceof Mint mint) {
            counts.merge(CheckpointRow.keyOfItems(mint), moved, BigInteger::add);
        }
    }

    private void move(LedgerEntry entry, LedgerLeg leg, long item, String kind) throws UnsoundLedgerException {
        Move before = items.get(item);
        long from = number(leg.from());
        if (before == null) {
            items.put(item, new Move(from, number(leg.to()), kind));
            return;
        }
        boolean isKind = kind.isEmpty() || before.kind.isEmpty() || kind.equals(before.kind);
        if (before.owner != from || !isKind) {
            throw unsound(
                    entry,
                    "moves item " + item + " (" + kind + ") of account " + from + ", and it was " + before.kind + " of "
                            + before.owner);
        }
        items.put(item, new Move(before.giver, number(leg.to()), before.kind.isEmpty() ? kind : before.kind));
    }

    private static long number(AccountId account) {
        return account instanceof PlayerId player ? player.value() : NOBODY;
    }

    private static UnsoundLedgerException unsound(LedgerEntry entry, String what) {
        return new UnsoundLedgerException("entry " + entry.position() + " (" + entry.id() + ") " + what);
    }

    /** How many rows it may change. */
    int size() {
        return counts.size() + items.size() + grants.size();
    }

    /** The keys of all rows that it may change. */
    List<String> keys() {
        List<String> keys = new ArrayList<>(size());
        keys.addAll(counts.keySet());
        keys.addAll(grants.keySet());
        items.keySet().forEach(item -> keys.add(CheckpointRow.keyOfItem(item)));
        return keys;
    }

    /**
     * Returns the rows that differ afterwards, in the order of their keys.
     *
     * @param before the values, before the segment, of all {@link #keys} that have rows
     * @throws UnsoundLedgerException when somebody gave what the account had not got
     */
    List<CheckpointRow> changes(Map<String, String> before) throws UnsoundLedgerException {
        TreeMap<String, String> after = new TreeMap<>();
        for (Map.Entry<String, BigInteger> each : counts.entrySet()) {
            BigInteger count =
                    new BigInteger(before.getOrDefault(each.getKey(), CheckpointRow.NONE)).add(each.getValue());
            if (count.signum() < 0 && !each.getKey().startsWith("mint:")) {
                throw new UnsoundLedgerException("the segment leaves account " + each.getKey() + " at " + count);
            }
            after.put(each.getKey(), count.toString());
        }
        for (Map.Entry<Long, Move> each : items.entrySet()) {
            String key = CheckpointRow.keyOfItem(each.getKey());
            after.put(key, after(key, each.getValue(), before.get(key)));
        }
        grants.forEach((key, usedMillis) -> after.put(key, before.getOrDefault(key, Long.toString(usedMillis))));
        List<CheckpointRow> changes = new ArrayList<>(after.size());
        after.forEach((key, value) -> {
            if (!value.equals(before.getOrDefault(key, CheckpointRow.NONE))) {
                changes.add(new CheckpointRow(key, value));
            }
        });
        return changes;
    }

    private static String after(String key, Move move, @Nullable String before) throws UnsoundLedgerException {
        String kind = move.kind;
        if (before != null) {
            CheckpointRow row = new CheckpointRow(key, before);
            if (kind.isEmpty()) {
                kind = row.kind();
            }
            if (move.giver != row.owner() || !kind.equals(row.kind())) {
                throw new UnsoundLedgerException("the segment has item " + key + " (" + kind + ") of " + move.giver
                        + ", and it was " + row.kind() + " of " + row.owner());
            }
        } else if (move.giver != NOBODY) {
            throw new UnsoundLedgerException("the segment moves item " + key + ", which nobody had");
        }
        return move.owner == NOBODY ? CheckpointRow.NONE : CheckpointRow.item(move.owner, kind);
    }

    /** The digest after these changes. */
    static String digest(String digestBefore, Map<String, String> before, List<CheckpointRow> changes) {
        CheckpointDigest digest = CheckpointDigest.of(digestBefore);
        for (CheckpointRow row : changes) {
            digest.remove(new CheckpointRow(row.key(), before.getOrDefault(row.key(), CheckpointRow.NONE)));
            digest.add(row);
        }
        return digest.text();
    }
}
