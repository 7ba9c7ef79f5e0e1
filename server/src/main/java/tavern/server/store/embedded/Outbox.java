package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import tavern.server.store.OutboxEvent;
import tavern.server.store.StoreUnavailableException;

/** What waits for the feed, and how much of it. */
final class Outbox {
    private static final long RETRY_AFTER_MILLIS = 2000;

    private final BulkInsert rows;
    private final PreparedStatement remove;
    private final int rowsMax;
    private long size;

    Outbox(Connection connection, int rowsMax) throws SQLException {
        this.rowsMax = rowsMax;
        rows = new BulkInsert(connection, "outbox", "message_id", "routing_key", "body", "at_ms");
        remove = connection.prepareStatement("DELETE FROM outbox WHERE sequence = ?");
        try (PreparedStatement count = connection.prepareStatement("SELECT count(*) FROM outbox");
                ResultSet result = count.executeQuery()) {
            result.next();
            size = result.getLong(1);
        }
    }

    boolean isFull() {
        return size >= rowsMax;
    }

    StoreUnavailableException full() {
        return new StoreUnavailableException(
                size + " of " + rowsMax + " committed trades wait to be published; look after the feed, or raise"
                        + " store.outbox-rows-max",
                RETRY_AFTER_MILLIS);
    }

    void append(String messageId, OutboxEvent event, long atMillis) throws SQLException {
        rows.add(messageId, event.routingKey(), event.body(), atMillis);
        size++;
    }

    void remove(List<Long> sequences) throws SQLException {
        rows.flush(); // a row of this very transaction is a row too
        for (long sequence : sequences) {
            remove.setLong(1, sequence);
            size -= remove.executeUpdate();
        }
    }

    long size() {
        return size;
    }

    void flush() throws SQLException {
        rows.flush();
    }
}
