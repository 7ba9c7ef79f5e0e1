package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tavern.game.PlayerId;
import tavern.server.game.Inventory;
import tavern.server.store.EntriesRemovedException;
import tavern.server.store.Holdings;
import tavern.server.store.LedgerEntry;

/**
 * Reads the ledger and the resulting holdings page by page, in short transactions, so that the log can be checkpointed.
 */
final class LedgerSession extends DatabaseSession {
    /** Counts and items in a page of holdings; the player with whom it is reached is the last one of the page. */
    static final int ROWS_MAX = 20_000;

    /** Somebody who forges items may forge many. */
    private static final int OWNERLESS_MAX = 100;

    private final EntryQueries ledger;
    private final SegmentQueries segments;
    private final PreparedStatement playersAfter;
    private final PreparedStatement stacksOf;
    private final PreparedStatement itemsOf;

    LedgerSession(Connection connection) throws SQLException {
        super(connection, "BEGIN");
        ledger = new EntryQueries(connection);
        segments = new SegmentQueries(connection);
        playersAfter = connection.prepareStatement("SELECT id, version FROM account WHERE id > ? ORDER BY id LIMIT ?");
        stacksOf = connection.prepareStatement(
                "SELECT player, kind, count FROM balance WHERE player > ? AND player <= ? ORDER BY player");
        itemsOf = connection.prepareStatement(
                "SELECT owner, id, kind FROM item WHERE owner > ? AND owner <= ? ORDER BY owner");
    }

    List<LedgerEntry> after(String position, int max) throws SQLException, OperationRefusedException {
        long removed = segments.removedThrough();
        if (!position.isEmpty() && Long.parseLong(position) < removed) {
            throw new OperationRefusedException(new EntriesRemovedException(position, Long.toString(removed)));
        }
        return ledger.after(position, max);
    }

    SegmentQueries segments() {
        return segments;
    }

    /**
     * Uses three statements for the whole page, because callers go through all players again and again: the rows of all
     * three are in the order of the players' numbers, and are read side by side.
     */
    Holdings holdings(long after, int max) throws SQLException {
        SortedMap<Long, Long> versions = versions(after, max);
        boolean isLast = versions.size() < max;
        long end = isLast ? Long.MAX_VALUE : versions.lastKey();
        SortedMap<PlayerId, Inventory> inventories = new TreeMap<>();
        List<String> ownerless = new ArrayList<>();
        long through = after;
        try (OwnedRows stacks = OwnedRows.of(stacksOf, after, end);
                OwnedRows items = OwnedRows.of(itemsOf, after, end)) {
            for (Map.Entry<Long, Long> player : versions.entrySet()) {
                if (stacks.read() + items.read() >= ROWS_MAX) {
                    return new Holdings(ledger.lastPosition(), through, false, inventories, ownerless);
                }
                through = player.getKey();
                nameOwnerless(stacks, items, through, ownerless);
                SortedMap<String, Long> counts = new TreeMap<>();
                for (; stacks.owner() == through; stacks.next()) {
                    counts.put(stacks.text(2), stacks.number(3));
                }
                SortedMap<Long, String> kinds = new TreeMap<>();
                for (; items.owner() == through; items.next()) {
                    kinds.put(items.number(2), items.text(3));
                }
                inventories.put(new PlayerId(through), new Inventory(counts, kinds, player.getValue()));
            }
            nameOwnerless(stacks, items, end, ownerless);
        }
        return new Holdings(ledger.lastPosition(), end, isLast, inventories, ownerless);
    }

    private SortedMap<Long, Long> versions(long after, int max) throws SQLException {
        SortedMap<Long, Long> versions = new TreeMap<>();
        playersAfter.setLong(1, after);
        playersAfter.setInt(2, max);
        try (ResultSet rows = playersAfter.executeQuery()) {
            while (rows.next()) {
                versions.put(rows.getLong(1), rows.getLong(2));
            }
        }
        return versions;
    }

    /** Passes over the rows of numbers below {@code player} that are left: no player has them. */
    private static void nameOwnerless(OwnedRows stacks, OwnedRows items, long player, List<String> ownerless)
            throws SQLException {
        for (; stacks.owner() < player; stacks.next()) {
            name(ownerless, stacks.number(3) + " " + stacks.text(2), stacks);
        }
        for (; items.owner() < player; items.next()) {
            name(ownerless, "item " + items.number(2) + " (" + items.text(3) + ")", items);
        }
    }

    private static void name(List<String> ownerless, String goods, OwnedRows row) throws SQLException {
        if (ownerless.size() < OWNERLESS_MAX) {
            ownerless.add(goods + " belongs to player " + row.owner() + ", who does not exist");
        }
    }
}
