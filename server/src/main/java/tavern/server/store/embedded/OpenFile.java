package tavern.server.store.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.StoreOpenException;

/**
 * The file from opening to closing. Its connection is the first to open and the last to close: SQLite removes the log
 * with the last connection, and the file must be marked as closed before that.
 */
final class OpenFile implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OpenFile.class);

    private final Database database;
    private final Connection connection;

    private OpenFile(Database database, Connection connection) {
        this.database = database;
        this.connection = connection;
    }

    /**
     * Opens the file, or creates it, migrates it to the schema of this build and marks it as open. Blocks.
     *
     * @throws StoreOpenException when the file does not fit its log, is broken, or belongs to another program or to a
     *     newer server
     */
    static OpenFile open(Database database, int outcomesKeptDays) {
        try {
            LogCheck.require(database);
            Connection connection = database.openToWrite();
            try {
                DatabaseSchema.prepare(connection, database.file(), outcomesKeptDays);
                markOpened(connection);
                return new OpenFile(database, connection);
            } catch (SQLException | RuntimeException e) {
                closeRefused(connection, database);
                throw e;
            }
        } catch (SQLException | LinkageError e) {
            throw new StoreOpenException(new DatabaseFailures(database.file()).cannotOpen(e), e);
        }
    }

    /** After a crash the file stays marked as open, but SQLite removes its log once all of it is in the file. */
    private static void closeRefused(Connection connection, Database database) throws SQLException {
        try {
            connection.close();
        } finally {
            keepLog(database);
        }
    }

    private static void markOpened(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (cookie(statement) <= 1) {
                // A copy made by SQLite begins with 1, and so would a copy of that copy: they could not be told apart.
                statement.executeUpdate("CREATE TABLE cookie (value); DROP TABLE cookie;");
            }
            try (FileMarkTable mark = new FileMarkTable(connection)) {
                mark.write(mark.mark().opened(cookie(statement)));
            }
            // Written to the file too, because a copy of the file alone must show that it lacks its log.
            statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    private static int cookie(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("PRAGMA schema_version")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Must be called after all other connections are closed. */
    @Override
    public void close() {
        try (Connection last = connection;
                FileMarkTable mark = new FileMarkTable(last)) {
            mark.write(mark.mark().closed());
        } catch (SQLException e) {
            log.warn("{} could not be closed properly; the next start goes on from its log", database.file(), e);
            keepLog(database);
        }
    }

    /** A file that is marked as open needs a log, even if there is nothing in it. */
    private static void keepLog(Database database) {
        try {
            if (!Files.exists(database.log())) {
                Files.createFile(database.log());
            }
        } catch (IOException e) {
            log.warn("{} cannot be created; create it, empty, before the next start", database.log(), e);
        }
    }
}
