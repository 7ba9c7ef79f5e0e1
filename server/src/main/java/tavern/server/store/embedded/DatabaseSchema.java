package tavern.server.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import tavern.server.store.StoreOpenException;

/** Migrates the file to the schema of this build: {@code schema-<n>.sql} turns version n - 1 into version n. */
final class DatabaseSchema {
    static final int VERSION = 14;

    /**
     * The version in which trades were found by a hash, which is no longer computed: its table goes, so that a server of
     * that version does not mistake all ids for new ones.
     */
    private static final int TRADE_SLOTS = 3;

    /** The version in which chat is stored in blocks, which SQL cannot encode. */
    private static final int CHAT_BLOCKS = 6;

    /** The version from which on each transaction updates the file's mark. */
    private static final int FILE_MARK = 7;

    private DatabaseSchema() {}

    /**
     * @param outcomesKeptDays of an older file, how many days of ended trades remain known
     * @throws StoreOpenException when the file belongs to another program or to a newer build
     */
    static void prepare(Connection connection, Path file, int outcomesKeptDays) throws SQLException {
        migrateOnly(connection, file);
        new LedgerTakeover(connection, LedgerTakeover.STEP, outcomesKeptDays).run();
    }

    /** All but what takes long. */
    static void migrateOnly(Connection connection, Path file) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int version = number(statement, "PRAGMA user_version");
            if (version > VERSION) {
                throw new StoreOpenException(file + " has schema " + version + ", this server knows only " + VERSION
                        + "; start the newer server, or set store.path to another folder");
            }
            if (version == 0 && number(statement, "SELECT count(*) FROM sqlite_schema") > 0) {
                throw new StoreOpenException(
                        file + " is a database of something else; set store.path to another folder");
            }
            for (int next = version + 1; next <= VERSION; next++) {
                migrate(connection, statement, next);
            }
        }
    }

    private static int number(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static void migrate(Connection connection, Statement statement, int version) throws SQLException {
        // In one transaction, so that a crash leaves the previous version. executeUpdate runs all commands of a script.
        statement.executeUpdate("BEGIN IMMEDIATE;\n" + script(version));
        if (version == TRADE_SLOTS) {
            statement.executeUpdate("DROP TABLE trade_slot");
        } else if (version == CHAT_BLOCKS) {
            ChatBlocks.fill(connection);
        } else if (version == FILE_MARK) {
            FileMarkTable.insertFirst(connection);
        }
        if (version > FILE_MARK) {
            try (FileMarkTable mark = new FileMarkTable(connection)) {
                mark.write(mark.mark().next());
            }
        }
        statement.executeUpdate("PRAGMA user_version = " + version + ";\nCOMMIT;");
    }

    private static String script(int version) {
        String name = "schema-" + version + ".sql";
        try (InputStream in = DatabaseSchema.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
