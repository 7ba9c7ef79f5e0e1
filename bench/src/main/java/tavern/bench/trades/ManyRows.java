package tavern.bench.trades;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;

/** Inserts rows into one table, many with each statement, which is the fastest way through JDBC. */
final class ManyRows {
    /** The trades of one commit are a multiple of this, so no rows are left over. */
    static final int ROWS = 50;

    private final PreparedStatement insert;
    private int parameter;

    ManyRows(Connection connection, String table, int columns) throws SQLException {
        String row = "(" + String.join(", ", Collections.nCopies(columns, "?")) + ")";
        insert = connection.prepareStatement(
                "INSERT INTO " + table + " VALUES " + String.join(", ", Collections.nCopies(ROWS, row)));
    }

    void add(Object... row) throws SQLException {
        for (Object value : row) {
            insert.setObject(++parameter, value);
        }
        if (parameter == row.length * ROWS) {
            insert.executeUpdate();
            parameter = 0;
        }
    }
}
