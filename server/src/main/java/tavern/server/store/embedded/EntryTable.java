package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import tavern.server.store.Transaction;

/** Appends to the ledger. */
final class EntryTable implements AutoCloseable {
    private final BulkWrite rows;

    EntryTable(Connection connection) throws SQLException {
        rows = BulkWrite.insert(connection, "entry", "id", "room", "fence", "at_ms", "legs");
    }

    void append(Transaction transaction, String legs) throws SQLException {
        Transaction.RoomFence fence = transaction.fence();
        String room = fence == null ? null : fence.room().name();
        append(transaction.id().text(), room, fence == null ? 0 : fence.fence(), transaction.atMillis(), legs);
    }

    @SuppressWarnings("NullAway") // a column may be null
    void append(String id, @Nullable String room, long fence, long atMillis, String legs) throws SQLException {
        rows.add(id, room, fence, atMillis, legs);
    }

    void flush() throws SQLException {
        rows.flush();
    }

    @Override
    public void close() throws SQLException {
        rows.close();
    }
}
