package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;

/** Inserts rows of one table in their order, many with one statement, because each statement has a cost. */
final class BulkInsert implements AutoCloseable {
    private static final int ROWS = 32;

    private final PreparedStatement many;
    private final PreparedStatement one;
    private final int columns;
    private final Object[] values;
    private int filled;

    BulkInsert(Connection connection, String table, String... names) throws SQLException {
        this(connection, "", table, names);
    }

    /** @param conflict SQL clause that says what to do about a row that already exists */
    static BulkInsert upsert(Connection connection, String conflict, String table, String... names)
            throws SQLException {
        return new BulkInsert(connection, " " + conflict, table, names);
    }

    private BulkInsert(Connection connection, String conflict, String table, String[] names) throws SQLException {
        String insert = "INSERT INTO " + table + " (" + String.join(", ", names) + ") VALUES ";
        String row = "(" + String.join(", ", Collections.nCopies(names.length, "?")) + ")";
        many = connection.prepareStatement(insert + String.join(", ", Collections.nCopies(ROWS, row)) + conflict);
        one = connection.prepareStatement(insert + row + conflict);
        columns = names.length;
        values = new Object[ROWS * columns];
    }

    /** Inserts the row now or at the next {@link #flush}. */
    void add(Object... row) throws SQLException {
        System.arraycopy(row, 0, values, filled, columns);
        filled += columns;
        if (filled == values.length) {
            insert(many, 0, filled);
            filled = 0;
        }
    }

    void flush() throws SQLException {
        for (int from = 0; from < filled; from += columns) {
            insert(one, from, columns);
        }
        filled = 0;
    }

    /** Drops rows that were not flushed. */
    @Override
    public void close() throws SQLException {
        many.close();
        one.close();
    }

    private void insert(PreparedStatement statement, int from, int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            statement.setObject(i + 1, values[from + i]);
        }
        statement.executeUpdate();
    }
}
