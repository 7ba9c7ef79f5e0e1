package tavern.server.books;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tavern.game.AccountId;
import tavern.game.Mint;
import tavern.game.PlayerId;
import tavern.server.store.CheckpointRow;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerLeg;

/**
 * What each account should own according to the ledger so far, and what is wrong with the ledger itself. The tables are
 * behind what was posted until the next {@link #flush}: accounts that many entries touch are read and written once.
 */
final class BookBalances {
    /** Used instead of a kind, because all items are counted together. */
    static final String ITEMS = "#";

    static final int FAULTS_MAX = 100;

    /** The owner of an item that went into a mint. */
    private static final long NOBODY = 0;

    /** The kind of an item that the ledger moves without its kind and never made. */
    private static final String UNKNOWN = "unknown";

    /** Bounds the memory for what was not flushed. */
    private static final int TOUCHED_MAX = 50_000;

    private static final int KINDS_KNOWN_MAX = 10_000;

    private final PreparedStatement readStack;
    private final PreparedStatement writeStack;
    private final PreparedStatement readItem;
    private final PreparedStatement writeItem;
    private final PreparedStatement writeKind;
    private final PreparedStatement writeGrant;
    private final PreparedStatement writeFault;
    private final PreparedStatement writeOldGrant;
    private final List<PreparedStatement> clear = new ArrayList<>();
    private final Map<Stack, Long> stacks = new HashMap<>();
    private final Map<Long, Belonging> items = new HashMap<>();
    private final Set<String> itemKinds = new HashSet<>();
    private final SortedMap<String, BigInteger> granted = new TreeMap<>();
    private final Set<String> grantsTouched = new HashSet<>();
    private final List<String> faults = new ArrayList<>();

    private record Stack(long account, String kind) {}

    private record Belonging(long owner, String kind) {
        @Override
        public String toString() {
            return kind + " of " + (owner == NOBODY ? "nobody" : owner);
        }
    }

    BookBalances(Connection connection) throws SQLException {
        readStack = connection.prepareStatement("SELECT count FROM stack WHERE player = ? AND kind = ?");
        writeStack = connection.prepareStatement("INSERT INTO stack (player, kind, count) VALUES (?, ?, ?)"
                + " ON CONFLICT (player, kind) DO UPDATE SET count = excluded.count");
        readItem = connection.prepareStatement("SELECT owner, kind FROM item WHERE id = ?");
        writeItem = connection.prepareStatement("INSERT INTO item (id, kind, owner) VALUES (?, ?, ?)"
                + " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, owner = excluded.owner");
        writeKind = connection.prepareStatement("INSERT OR IGNORE INTO item_kind (kind) VALUES (?)");
        writeGrant = connection.prepareStatement("INSERT INTO granted (kind, count) VALUES (?, ?)"
                + " ON CONFLICT (kind) DO UPDATE SET count = excluded.count");
        writeFault = connection.prepareStatement("INSERT INTO fault (text) VALUES (?)");
        writeOldGrant = connection.prepareStatement("INSERT OR IGNORE INTO old_grant (id, at_ms) VALUES (?, ?)");
        for (String table : new String[] {"stack", "item", "granted", "old_grant"}) {
            clear.add(connection.prepareStatement("DELETE FROM " + table));
        }
        try (PreparedStatement all = connection.prepareStatement("SELECT kind, count FROM granted");
                ResultSet rows = all.executeQuery()) {
            while (rows.next()) {
                granted.put(rows.getString(1), new BigInteger(rows.getString(2)));
            }
        }
        try (PreparedStatement all = connection.prepareStatement("SELECT text FROM fault ORDER BY number");
                ResultSet rows = all.executeQuery()) {
            while (rows.next()) {
                faults.add(rows.getString(1));
            }
        }
    }

    /** What came out of all mints and did not go into one, by kind; the number of items under {@link #ITEMS}. */
    SortedMap<String, BigInteger> granted() {
        return granted;
    }

    /** What is wrong with the ledger itself, in words: the first faults, whatever accounts own now. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    /** Forgets what every account should own. */
    void clear() throws SQLException {
        stacks.clear();
        items.clear();
        granted.clear();
        grantsTouched.clear();
        for (PreparedStatement each : clear) {
            each.executeUpdate();
        }
    }

    /** Takes over what the checkpoint says. */
    void load(CheckpointRow row) throws SQLException {
        if (stacks.size() + items.size() > TOUCHED_MAX) {
            flush();
        }
        if (row.isOfItem()) {
            items.put(row.item(), new Belonging(row.owner(), row.kind()));
            note(row.kind());
        } else if (row.isOfGrant()) {
            Posting.write(writeOldGrant, row.grant(), row.usedMillis());
        } else if (row.account() instanceof PlayerId player) {
            stacks.put(new Stack(player.value(), row.kind()), row.count().longValueExact());
        } else {
            granted.merge(row.kind(), row.count().negate(), BigInteger::add);
            grantsTouched.add(row.kind());
        }
    }

    /** Returns the entry's legs with the kinds of all items: entries of early servers do not tell them. */
    List<LedgerLeg> post(LedgerEntry entry) throws SQLException {
        if (stacks.size() + items.size() > TOUCHED_MAX) {
            flush();
        }
        Set<Stack> given = new LinkedHashSet<>();
        // All legs leave before any arrives: in between, a count may exceed its limit.
        for (LedgerLeg leg : entry.legs()) {
            change(leg.from(), leg, -1, given);
        }
        List<LedgerLeg> legs = new ArrayList<>(entry.legs().size());
        for (LedgerLeg leg : entry.legs()) {
            change(leg.to(), leg, 1, given);
            legs.add(hand(leg, entry));
            count(leg);
        }
        for (Stack stack : given) {
            long count = stacks.getOrDefault(stack, 0L);
            if (count < 0) {
                fault("entry " + entry.id() + " leaves player " + stack.account() + " with " + count + " "
                        + stack.kind());
            }
        }
        return legs;
    }

    private void change(AccountId whose, LedgerLeg leg, int sign, Set<Stack> touched) throws SQLException {
        if (!(whose instanceof PlayerId id)) {
            return;
        }
        for (Map.Entry<String, Long> each : leg.stacks().entrySet()) {
            Stack stack = new Stack(id.value(), each.getKey());
            Long known = stacks.get(stack);
            stacks.put(stack, (known == null ? stored(stack) : known) + sign * each.getValue());
            touched.add(stack);
        }
    }

    private long stored(Stack stack) throws SQLException {
        readStack.setLong(1, stack.account());
        readStack.setString(2, stack.kind());
        try (ResultSet row = readStack.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private @Nullable Belonging belonging(long item) throws SQLException {
        Belonging known = items.get(item);
        if (known != null) {
            return known;
        }
        readItem.setLong(1, item);
        try (ResultSet row = readItem.executeQuery()) {
            return row.next() ? new Belonging(row.getLong(1), row.getString(2)) : null;
        }
    }

    private LedgerLeg hand(LedgerLeg leg, LedgerEntry entry) throws SQLException {
        long from = number(leg.from());
        long to = number(leg.to());
        for (Map.Entry<Long, String> made : leg.made().entrySet()) {
            if (belonging(made.getKey()) != null) {
                fault("entry " + entry.id() + " makes item " + made.getKey() + ", which was made before");
            }
            items.put(made.getKey(), new Belonging(to, made.getValue()));
            note(made.getValue());
        }
        SortedMap<Long, String> named = new TreeMap<>();
        for (Map.Entry<Long, String> each : leg.items().entrySet()) {
            Belonging before = belonging(each.getKey());
            String kind = !each.getValue().isEmpty() ? each.getValue() : before == null ? UNKNOWN : before.kind();
            Belonging said = new Belonging(from, kind);
            if (!said.equals(before)) {
                fault("entry " + entry.id() + " moves item " + each.getKey() + " as " + said + ", and it was "
                        + (before == null ? "never made" : before));
            }
            items.put(each.getKey(), new Belonging(to, kind));
            named.put(each.getKey(), kind);
        }
        return named.equals(leg.items()) ? leg : new LedgerLeg(leg.from(), leg.to(), leg.stacks(), named, leg.made());
    }

    private static long number(AccountId account) {
        return account instanceof PlayerId id ? id.value() : NOBODY;
    }

    private void note(String kindOfItem) throws SQLException {
        if (itemKinds.size() >= KINDS_KNOWN_MAX) {
            itemKinds.clear();
        }
        if (itemKinds.add(kindOfItem)) {
            Posting.write(writeKind, kindOfItem);
        }
    }

    /** Counts what comes out of a mint or goes into one. */
    private void count(LedgerLeg leg) {
        int sign = leg.from() instanceof Mint ? 1 : leg.to() instanceof Mint ? -1 : 0;
        if (sign == 0) {
            return;
        }
        leg.stacks().forEach((kind, count) -> count(kind, sign * count));
        long moved = leg.items().size() + (long) leg.made().size();
        if (moved != 0) {
            count(ITEMS, sign * moved);
        }
    }

    private void count(String kind, long more) {
        granted.merge(kind, BigInteger.valueOf(more), BigInteger::add);
        grantsTouched.add(kind);
    }

    private void fault(String text) throws SQLException {
        if (faults.size() < FAULTS_MAX) {
            faults.add(text);
            Posting.write(writeFault, text);
        }
    }

    /** Writes what was posted into the tables. */
    void flush() throws SQLException {
        for (Map.Entry<Stack, Long> each : stacks.entrySet()) {
            Posting.write(writeStack, each.getKey().account(), each.getKey().kind(), each.getValue());
        }
        stacks.clear();
        for (Map.Entry<Long, Belonging> each : items.entrySet()) {
            Posting.write(
                    writeItem,
                    each.getKey(),
                    each.getValue().kind(),
                    each.getValue().owner());
        }
        items.clear();
        for (String kind : grantsTouched) {
            Posting.write(
                    writeGrant, kind, Objects.requireNonNull(granted.get(kind)).toString());
        }
        grantsTouched.clear();
    }
}
