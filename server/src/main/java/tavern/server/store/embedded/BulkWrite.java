package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;

/** Writes rows of one table in their order, many with one statement, because each statement has a cost. */
final class BulkWrite implements AutoCloseable {
    private static final int ROWS = 64;
    private static final int ROWS_OF_REST = 8;

    private final PreparedStatement many;
    private final PreparedStatement some;
    private final PreparedStatement one;
    private final int columns;
    private final Object[] values;
    private int filled;

    static BulkWrite insert(Connection connection, String table, String... names) throws SQLException {
        return new BulkWrite(connection, insertInto(table, names), "", names.length);
    }

    /** @param conflict SQL clause that says what to do about a row that already exists */
    static BulkWrite upsert(Connection connection, String conflict, String table, String... names) throws SQLException {
        return new BulkWrite(connection, insertInto(table, names), " " + conflict, names.length);
    }

    /** Each row takes the place of the row with its key, if there is one; all columns must be named. */
    static BulkWrite replace(Connection connection, String table, String... names) throws SQLException {
        return new BulkWrite(connection, "INSERT OR REPLACE INTO " + rows(table, names), "", names.length);
    }

    private static String insertInto(String table, String[] names) {
        return "INSERT INTO " + rows(table, names);
    }

    private static String rows(String table, String[] names) {
        return table + " (" + String.join(", ", names) + ") VALUES ";
    }

    private BulkWrite(Connection connection, String before, String after, int columns) throws SQLException {
        String row = "(" + String.join(", ", Collections.nCopies(columns, "?")) + ")";
        many = connection.prepareStatement(before + String.join(", ", Collections.nCopies(ROWS, row)) + after);
        some = connection.prepareStatement(before + String.join(", ", Collections.nCopies(ROWS_OF_REST, row)) + after);
        one = connection.prepareStatement(before + row + after);
        this.columns = columns;
        values = new Object[ROWS * columns];
    }

    /** Writes the row now or at the next {@link #flush}. */
    void add(Object... row) throws SQLException {
        System.arraycopy(row, 0, values, filled, columns);
        filled += columns;
        if (filled == values.length) {
            write(many, 0, filled);
            filled = 0;
        }
    }

    void flush() throws SQLException {
        int from = 0;
        for (; filled - from >= ROWS_OF_REST * columns; from += ROWS_OF_REST * columns) {
            write(some, from, ROWS_OF_REST * columns);
        }
        for (; from < filled; from += columns) {
            write(one, from, columns);
        }
        filled = 0;
    }

    /** Drops rows that were not flushed. */
    @Override
    public void close() throws SQLException {
        many.close();
        some.close();
        one.close();
    }

    private void write(PreparedStatement statement, int from, int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            statement.setObject(i + 1, values[from + i]);
        }
        statement.executeUpdate();
    }
}
