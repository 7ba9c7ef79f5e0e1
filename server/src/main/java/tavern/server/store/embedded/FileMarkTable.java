package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The single row with the {@link FileMark}, on a connection that writes. Confined to that connection's thread. */
final class FileMarkTable implements AutoCloseable {
    private final PreparedStatement update;
    private final PreparedStatement totalChanges;
    private FileMark mark;
    private long changesSeen;

    FileMarkTable(Connection connection) throws SQLException {
        mark = read(connection);
        update = connection.prepareStatement("UPDATE file_mark SET mark = ?");
        totalChanges = connection.prepareStatement("SELECT total_changes()");
        changesSeen = changes();
    }

    /** For the migration that creates the table. */
    static void insertFirst(Connection connection) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO file_mark (only_row, mark) VALUES (1, ?)")) {
            insert.setBytes(1, FileMark.first().bytes());
            insert.executeUpdate();
        }
    }

    private static FileMark read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT mark FROM file_mark")) {
            if (row.next()) {
                return FileMark.in(row.getBytes(1))
                        .orElseThrow(() -> new SQLException("the table file_mark is broken"));
            }
            throw new SQLException("the table file_mark is empty");
        }
    }

    FileMark mark() {
        return mark;
    }

    /** Must be called at the end of each transaction; writes nothing if the transaction changed nothing. */
    void advance() throws SQLException {
        if (changes() != changesSeen) {
            write(mark.next());
        }
    }

    void write(FileMark next) throws SQLException {
        update.setBytes(1, next.bytes());
        update.executeUpdate();
        mark = next;
        changesSeen = changes();
    }

    @Override
    public void close() throws SQLException {
        update.close();
        totalChanges.close();
    }

    /** The number of rows that this connection has changed since it was opened. */
    private long changes() throws SQLException {
        try (ResultSet row = totalChanges.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
