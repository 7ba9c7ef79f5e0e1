package tavern.bench.trades;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How large a store is, in bytes: {@link #WHOLE}, and its largest parts. */
final class StoreSizes {
    static final String WHOLE = "all";
    static final String OUTCOMES = "outcomes";
    static final String LEDGER = "ledger";

    private static final String FILE = "tavern.db";

    private StoreSizes() {}

    /** @param backends null for the embedded store in the folder */
    static Map<String, Long> of(@Nullable Backends backends, Path folder) throws IOException {
        Map<String, Long> sizes = new LinkedHashMap<>();
        if (backends != null) {
            sizes.put(WHOLE, backends.usedMemory());
            sizes.put(OUTCOMES, backends.memoryOf("outcomes*"));
            sizes.put(LEDGER, backends.memoryOf("entries"));
            return sizes;
        }
        Path file = folder.resolve(FILE);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:file:" + file + "?mode=ro")) {
            // Counted by SQLite, because some of the pages may only be in the log so far.
            sizes.put(
                    WHOLE,
                    number(connection, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"));
            sizes.put(OUTCOMES, pages(connection, "'outcome', 'outcome_undated'"));
            sizes.put(LEDGER, pages(connection, "'entry'"));
            return sizes;
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** @param tables a list of tables and indexes */
    private static long pages(Connection connection, String tables) throws SQLException {
        return number(
                connection,
                "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE aggregate = TRUE AND name IN (" + tables + ")");
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            if (!row.next()) {
                throw new SQLException("no answer to " + query);
            }
            return row.getLong(1);
        }
    }
}
