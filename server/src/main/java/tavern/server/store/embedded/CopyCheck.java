package tavern.server.store.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import tavern.server.store.BackupRefusedException;

/** Checks a copy of the database that no server uses, and gives it an identity of its own. Blocks. */
final class CopyCheck {
    private static final int FIRST_WITH_MARK = 7;

    private CopyCheck() {}

    /**
     * Reads all of the copy.
     *
     * @param rest called every now and then, and stops the check by returning something else than 0
     * @throws BackupRefusedException when the copy must not be restored; the message says what is wrong with it
     */
    static void requireSound(Path copy, ProgressHandler rest, int operationsBetween) throws IOException {
        try (Connection connection = open(copy)) {
            requireOurs(copy, connection);
            ProgressHandler.setHandler(connection, operationsBetween, rest);
            List<String> problems;
            try (AuditSession audit = new AuditSession(connection)) {
                problems = audit.integrity();
            }
            if (!problems.isEmpty()) {
                throw new BackupRefusedException(copy + " is damaged: " + String.join("; ", problems));
            }
        } catch (SQLException e) {
            throw new BackupRefusedException(copy + " is damaged, or not a database: " + e.getMessage(), e);
        }
    }

    /** Returns whether the file is a database with players; false also when it cannot be read as one. */
    static boolean isOfTavern(Path file) {
        try (Connection connection = Database.openWithoutLog(file);
                Statement statement = connection.createStatement()) {
            return number(statement, "SELECT count(*) FROM sqlite_schema WHERE name = 'player'") > 0;
        } catch (SQLException e) {
            return false;
        }
    }

    private static void requireOurs(Path copy, Connection connection) throws SQLException, IOException {
        try (Statement statement = connection.createStatement()) {
            long version = number(statement, "PRAGMA user_version");
            if (version < 1 || number(statement, "SELECT count(*) FROM sqlite_schema WHERE name = 'player'") == 0) {
                throw new BackupRefusedException(copy + " is not a copy of a Tavern store");
            }
            if (version > DatabaseSchema.VERSION) {
                throw new BackupRefusedException(copy + " has schema " + version + ", this server knows only "
                        + DatabaseSchema.VERSION + "; use the newer server");
            }
            long bytes = number(statement, "PRAGMA page_count") * number(statement, "PRAGMA page_size");
            if (Files.size(copy) < bytes) {
                throw new BackupRefusedException(
                        copy + " is cut short: it has " + Files.size(copy) + " bytes of " + bytes);
            }
            if (version >= FIRST_WITH_MARK) {
                requireComplete(copy, connection, number(statement, "PRAGMA schema_version"));
            }
        }
    }

    /** A copy that {@code cp} made of an open file lacks what is only in the log. */
    private static void requireComplete(Path copy, Connection connection, long cookie) throws SQLException {
        FileMark mark = new FileMarkTable(connection).mark();
        if (mark.open() && mark.schemaCookie() == cookie) {
            throw new BackupRefusedException(copy + " was copied from the folder of a running server, without its log;"
                    + " use a copy that bin/server backup made");
        }
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** From now on, logs of the original are recognised as foreign beside the copy. */
    static void renew(Path copy) throws SQLException {
        try (Connection connection = open(copy);
                Statement statement = connection.createStatement()) {
            if (number(statement, "PRAGMA user_version") >= FIRST_WITH_MARK) {
                new FileMarkTable(connection).write(FileMark.first());
            }
        }
    }

    private static Connection open(Path copy) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.DELETE);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setCacheSize(-2048);
        return config.createConnection("jdbc:sqlite:" + copy);
    }
}
