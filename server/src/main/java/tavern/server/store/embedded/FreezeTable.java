package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import tavern.server.store.FreezeAnswer;
import tavern.server.store.FreezeRow;

/** Everything that operators have stopped. */
final class FreezeTable {
    private static final String KEY = "what = ? AND scope = ? AND target = ?";

    private final PreparedStatement all;
    private final PreparedStatement since;
    private final PreparedStatement others;
    private final PreparedStatement put;
    private final PreparedStatement remove;

    FreezeTable(Connection connection) throws SQLException {
        all = connection.prepareStatement("SELECT what, scope, target, reason, since_ms FROM freeze");
        since = connection.prepareStatement("SELECT since_ms FROM freeze WHERE " + KEY);
        others = connection.prepareStatement("SELECT count(*) FROM freeze WHERE NOT (" + KEY + ")");
        put = connection.prepareStatement(
                "INSERT OR REPLACE INTO freeze (what, scope, target, reason, since_ms) VALUES (?, ?, ?, ?, ?)");
        remove = connection.prepareStatement("DELETE FROM freeze WHERE " + KEY);
    }

    List<FreezeRow> all() throws SQLException {
        List<FreezeRow> found = new ArrayList<>();
        try (ResultSet rows = all.executeQuery()) {
            while (rows.next()) {
                found.add(new FreezeRow(
                        rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4), rows.getLong(5)));
            }
        }
        return found;
    }

    FreezeAnswer put(FreezeRow row, int max, long seenSinceMillis) throws SQLException {
        if (sinceMillis(row) != seenSinceMillis) {
            return FreezeAnswer.CHANGED;
        }
        key(others, row);
        try (ResultSet rows = others.executeQuery()) {
            rows.next();
            if (rows.getInt(1) >= max) {
                return FreezeAnswer.TOO_MANY;
            }
        }
        key(put, row);
        put.setString(4, row.reason());
        put.setLong(5, row.sinceMillis());
        put.executeUpdate();
        return FreezeAnswer.DONE;
    }

    boolean remove(FreezeRow row, long seenSinceMillis) throws SQLException {
        if (seenSinceMillis == 0 || sinceMillis(row) != seenSinceMillis) {
            return false;
        }
        key(remove, row);
        return remove.executeUpdate() > 0;
    }

    /** Returns since when it is stopped, or 0 if it is not. */
    private long sinceMillis(FreezeRow row) throws SQLException {
        key(since, row);
        try (ResultSet rows = since.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private static void key(PreparedStatement statement, FreezeRow row) throws SQLException {
        statement.setString(1, row.what());
        statement.setString(2, row.scope());
        statement.setString(3, row.target());
    }
}
