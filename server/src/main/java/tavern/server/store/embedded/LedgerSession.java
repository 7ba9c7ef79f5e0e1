package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tavern.server.game.Inventory;
import tavern.server.game.PlayerId;
import tavern.server.store.Holdings;
import tavern.server.store.LedgerEntry;

/** The ledger and what came of it, page by page: its transactions are short, so that the log can be checkpointed. */
final class LedgerSession extends Session {
    private final LedgerQueries ledger;
    private final PreparedStatement playersAfter;
    private final PreparedStatement stacksOf;
    private final PreparedStatement itemsOf;

    LedgerSession(Connection connection) throws SQLException {
        super(connection, "BEGIN");
        ledger = new LedgerQueries(connection);
        playersAfter = connection.prepareStatement("SELECT id, version FROM player WHERE id > ? ORDER BY id LIMIT ?");
        stacksOf =
                connection.prepareStatement("SELECT player, kind, count FROM balance WHERE player > ? AND player <= ?");
        itemsOf = connection.prepareStatement("SELECT owner, id, kind FROM item WHERE owner > ? AND owner <= ?");
    }

    List<LedgerEntry> after(String position, int max) throws SQLException {
        return ledger.after(position, max);
    }

    /** Three statements for all of the page: this walks over all players, again and again. */
    Holdings holdings(long after, int max) throws SQLException {
        TreeMap<Long, Long> versions = new TreeMap<>();
        playersAfter.setLong(1, after);
        playersAfter.setInt(2, max);
        try (ResultSet rows = playersAfter.executeQuery()) {
            while (rows.next()) {
                versions.put(rows.getLong(1), rows.getLong(2));
            }
        }
        long last = versions.isEmpty() ? after : versions.lastKey();
        Map<Long, SortedMap<String, Long>> stacks = stacks(after, last);
        Map<Long, SortedMap<Long, String>> items = items(after, last);
        SortedMap<PlayerId, Inventory> inventories = new TreeMap<>();
        versions.forEach((id, version) -> inventories.put(
                new PlayerId(id),
                new Inventory(
                        stacks.getOrDefault(id, Collections.emptySortedMap()),
                        items.getOrDefault(id, Collections.emptySortedMap()),
                        version)));
        boolean isLast = inventories.size() < max;
        return new Holdings(ledger.lastPosition(), isLast ? Long.MAX_VALUE : last, isLast, inventories, List.of());
    }

    private Map<Long, SortedMap<String, Long>> stacks(long after, long last) throws SQLException {
        Map<Long, SortedMap<String, Long>> found = new HashMap<>();
        stacksOf.setLong(1, after);
        stacksOf.setLong(2, last);
        try (ResultSet rows = stacksOf.executeQuery()) {
            while (rows.next()) {
                found.computeIfAbsent(rows.getLong(1), id -> new TreeMap<>()).put(rows.getString(2), rows.getLong(3));
            }
        }
        return found;
    }

    private Map<Long, SortedMap<Long, String>> items(long after, long last) throws SQLException {
        Map<Long, SortedMap<Long, String>> found = new HashMap<>();
        itemsOf.setLong(1, after);
        itemsOf.setLong(2, last);
        try (ResultSet rows = itemsOf.executeQuery()) {
            while (rows.next()) {
                found.computeIfAbsent(rows.getLong(1), id -> new TreeMap<>()).put(rows.getLong(2), rows.getString(3));
            }
        }
        return found;
    }
}
