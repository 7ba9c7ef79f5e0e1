package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Slow checks of the whole file, and searches through it. */
final class AuditSession extends DatabaseSession {
    private static final int DIFFERENCES_MAX = 100;

    private final Connection connection;

    AuditSession(Connection connection) throws SQLException {
        super(connection, "BEGIN");
        this.connection = connection;
    }

    TraceQueries traces() {
        return new TraceQueries(connection);
    }

    /** Returns what SQLite finds wrong with the file; empty when it is sound. */
    List<String> integrity() throws SQLException {
        List<String> problems = new ArrayList<>(texts("PRAGMA integrity_check(" + DIFFERENCES_MAX + ")"));
        problems.remove("ok");
        for (String table : texts("PRAGMA foreign_key_check")) {
            problems.add("a row of " + table + " refers to one that does not exist");
        }
        return List.copyOf(problems);
    }

    private List<String> texts(String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }
}
