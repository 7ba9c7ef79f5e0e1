package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import tavern.server.store.CommittedLegs;
import tavern.server.store.OutboxBound;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutboxRow;
import tavern.server.store.StoreUnavailableException;

/** The messages about committed transactions that wait to be published, and their number. */
final class OutboxTable {
    private final BulkWrite rows;
    private final PreparedStatement remove;
    private final PreparedStatement find;
    private final OutboxBound bound;
    private long size;

    OutboxTable(Connection connection, OutboxBound bound) throws SQLException {
        this.bound = bound;
        rows = BulkWrite.insert(connection, "outbox", "message_id", "routing_key", "body", "at_ms", "legs");
        remove = connection.prepareStatement("DELETE FROM outbox WHERE sequence = ? AND message_id = ?");
        find = connection.prepareStatement("SELECT 1 FROM outbox WHERE sequence = ?");
        try (PreparedStatement count = connection.prepareStatement("SELECT count(*) FROM outbox");
                ResultSet result = count.executeQuery()) {
            result.next();
            size = result.getLong(1);
        }
    }

    boolean isFull() {
        return size >= bound.rowsMax();
    }

    StoreUnavailableException full() {
        return bound.full(size);
    }

    /** @param legs the text of {@link CommittedLegs} */
    void append(String messageId, OutboxEvent event, String legs, long atMillis) throws SQLException {
        bound.appending(messageId, event, legs.length());
        rows.add(messageId, event.routingKey(), event.body(), atMillis, legs);
        size++;
    }

    /** @return how many of the numbers belong to other messages */
    int remove(List<OutboxRow> published) throws SQLException {
        rows.flush(); // includes rows that this very transaction has added
        int others = 0;
        for (OutboxRow row : published) {
            remove.setLong(1, row.sequence());
            remove.setString(2, row.messageId());
            int removed = remove.executeUpdate();
            size -= removed;
            others += removed == 0 && isTaken(row.sequence()) ? 1 : 0;
        }
        return others;
    }

    private boolean isTaken(long sequence) throws SQLException {
        find.setLong(1, sequence);
        try (ResultSet found = find.executeQuery()) {
            return found.next();
        }
    }

    long size() {
        return size;
    }

    void flush() throws SQLException {
        rows.flush();
    }
}
