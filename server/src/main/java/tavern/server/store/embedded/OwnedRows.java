package tavern.server.store.embedded;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Rows of goods in the order of their owners' numbers, which stand in the first column. */
final class OwnedRows implements AutoCloseable {
    private final ResultSet rows;
    private boolean isThere;
    private int read;

    private OwnedRows(ResultSet rows) throws SQLException {
        this.rows = rows;
        isThere = rows.next();
    }

    /**
     * Runs a query for the owners above one number and up to another.
     *
     * @param after 0 for all, even for numbers that no player can have
     */
    static OwnedRows of(PreparedStatement query, long after, long last) throws SQLException {
        query.setLong(1, after == 0 ? Long.MIN_VALUE : after);
        query.setLong(2, last);
        return new OwnedRows(query.executeQuery());
    }

    /** The owner in this row; 2^63-1 behind the last row. */
    long owner() throws SQLException {
        return isThere ? rows.getLong(1) : Long.MAX_VALUE;
    }

    String text(int column) throws SQLException {
        return rows.getString(column);
    }

    long number(int column) throws SQLException {
        return rows.getLong(column);
    }

    void next() throws SQLException {
        isThere = rows.next();
        read++;
    }

    /** How many rows lie before this one. */
    int read() {
        return read;
    }

    @Override
    public void close() throws SQLException {
        rows.close();
    }
}
