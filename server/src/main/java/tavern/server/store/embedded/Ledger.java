package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** The double-entry book: whatever one account gains another loses, in the same entry. */
final class Ledger {
    /** The account that grants come out of. */
    static final long MINT = 0;

    // One of the two is empty at any time: lines stand in the file in the order in which they were written.
    private final BulkInsert tradeLines;
    private final BulkInsert grantLines;

    Ledger(Connection connection) throws SQLException {
        tradeLines = lines(connection, "trade");
        grantLines = lines(connection, "grant_number");
    }

    private static BulkInsert lines(Connection connection, String entry) throws SQLException {
        return new BulkInsert(connection, "ledger_line", entry, "account", "kind", "item", "delta");
    }

    /** @param items their kinds by id */
    void trade(long trade, long from, long to, Map<String, Long> stacks, Map<Long, String> items) throws SQLException {
        grantLines.flush();
        move(tradeLines, trade, from, to, stacks, items);
    }

    /**
     * Out of the mint.
     *
     * @param stacks a negative count goes back to it
     * @param items their kinds by id
     */
    void grant(long grant, long to, Map<String, Long> stacks, Map<Long, String> items) throws SQLException {
        tradeLines.flush();
        move(grantLines, grant, MINT, to, stacks, items);
    }

    void takeBack(long grant, long from, Map<Long, String> items) throws SQLException {
        tradeLines.flush();
        move(grantLines, grant, from, MINT, Map.of(), items);
    }

    private static void move(
            BulkInsert lines, long entry, long from, long to, Map<String, Long> stacks, Map<Long, String> items)
            throws SQLException {
        for (Map.Entry<String, Long> stack : stacks.entrySet()) {
            move(lines, entry, from, to, stack.getKey(), 0, stack.getValue());
        }
        for (Map.Entry<Long, String> item : items.entrySet()) {
            move(lines, entry, from, to, item.getValue(), item.getKey(), 1);
        }
    }

    private static void move(BulkInsert lines, long entry, long from, long to, String kind, long item, long count)
            throws SQLException {
        lines.add(entry, from, kind, item, Math.negateExact(count));
        lines.add(entry, to, kind, item, count);
    }

    void flush() throws SQLException {
        tradeLines.flush();
        grantLines.flush();
    }
}
