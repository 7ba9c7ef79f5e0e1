package tavern.server.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import tavern.server.store.StoreOpenException;

/** Brings the file to the schema of this build: {@code schema-<n>.sql} makes version n out of n - 1. */
final class Schema {
    static final int VERSION = 6;

    /** The version whose trades are found by a hash, which SQL cannot compute. */
    private static final int TRADE_SLOTS = 3;

    /** The version whose chat is in blocks, which SQL cannot encode. */
    private static final int CHAT_BLOCKS = 6;

    private Schema() {}

    /** @throws StoreOpenException when the file is none of ours, broken, or of a newer build */
    static void prepare(Database database) {
        try (Connection connection = database.openToWrite();
                Statement statement = connection.createStatement()) {
            int version = number(statement, "PRAGMA user_version");
            if (version > VERSION) {
                throw new StoreOpenException(database.file() + " has schema " + version + ", this server knows only "
                        + VERSION + "; start the newer server, or set store.path to another folder");
            }
            if (version == 0 && number(statement, "SELECT count(*) FROM sqlite_schema") > 0) {
                throw new StoreOpenException(
                        database.file() + " is a database of something else; set store.path to another folder");
            }
            for (int next = version + 1; next <= VERSION; next++) {
                migrate(connection, statement, next);
            }
        } catch (SQLException e) {
            throw new StoreOpenException(
                    database.file() + " cannot be opened (" + e.getMessage()
                            + "); restore it from a backup, or set store.path to another folder",
                    e);
        }
    }

    private static int number(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static void migrate(Connection connection, Statement statement, int version) throws SQLException {
        // One transaction: a crash leaves the version before. executeUpdate runs all of a script's commands.
        statement.executeUpdate("BEGIN IMMEDIATE;\n" + script(version));
        if (version == TRADE_SLOTS) {
            TradeSlots.fill(connection);
        } else if (version == CHAT_BLOCKS) {
            ChatBlocks.fill(connection);
        }
        statement.executeUpdate("PRAGMA user_version = " + version + ";\nCOMMIT;");
    }

    private static String script(int version) {
        String name = "schema-" + version + ".sql";
        try (InputStream in = Schema.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
