package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** The double-entry book: whatever one account gains another loses, in the same entry. */
final class Ledger {
    /** The account that grants come out of. */
    static final long MINT = 0;

    private final BulkInsert rows;

    Ledger(Connection connection) throws SQLException {
        rows = new BulkInsert(connection, "ledger", "entry", "account", "kind", "item", "delta", "at_ms");
    }

    void moveStacks(String entry, long from, long to, Map<String, Long> counts, long atMillis) throws SQLException {
        for (Map.Entry<String, Long> stack : counts.entrySet()) {
            move(entry, from, to, stack.getKey(), 0, stack.getValue(), atMillis);
        }
    }

    void moveItems(String entry, long from, long to, Map<Long, String> kinds, long atMillis) throws SQLException {
        for (Map.Entry<Long, String> item : kinds.entrySet()) {
            move(entry, from, to, item.getValue(), item.getKey(), 1, atMillis);
        }
    }

    private void move(String entry, long from, long to, String kind, long item, long count, long atMillis)
            throws SQLException {
        rows.add(entry, from, kind, item, Math.negateExact(count), atMillis);
        rows.add(entry, to, kind, item, count, atMillis);
    }

    void flush() throws SQLException {
        rows.flush();
    }
}
