package tavern.server.ops.books;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.sqlite.SQLiteConfig;

/**
 * The file that the books stand in, with its one connection. Whatever is wrong with it, it is removed and begun anew:
 * nothing in it is the only copy. The thread of the books'.
 */
final class BookFile implements AutoCloseable {
    private static final int VERSION = 1;
    private static final int CHECKPOINT_PAGES = 4096;
    /** Whoever has the file has it for long. */
    private static final int BUSY_MILLIS = 100;

    private static final int CACHE_KIBIBYTES = 16 << 10;

    private final Path path;
    private final Connection connection;
    private final PreparedStatement readMark;
    private final PreparedStatement writeMark;
    private boolean uncommitted;

    private BookFile(Path path, Connection connection) throws SQLException {
        this.path = path;
        this.connection = connection;
        readMark = connection.prepareStatement(
                "SELECT entries, before, position, reference, at_ms, deeds, deed_hash FROM mark");
        writeMark = connection.prepareStatement("UPDATE mark SET entries = ?, before = ?, position = ?, reference = ?,"
                + " at_ms = ?, deeds = ?, deed_hash = ?");
    }

    /** Opens it, or makes it; one that cannot be used is made anew. */
    static BookFile open(Path path) throws SQLException {
        try {
            return connect(path);
        } catch (SQLException e) {
            if (isInUse(e)) {
                throw e;
            }
            remove(path);
            return connect(path);
        }
    }

    /** Throws all away and begins again. */
    static BookFile anew(Path path) throws SQLException {
        remove(path);
        return connect(path);
    }

    private static BookFile connect(Path path) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        // A crash of the machine may take the last seconds, which are worked out again, but leaves no broken file.
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.setLockingMode(SQLiteConfig.LockingMode.EXCLUSIVE);
        config.setBusyTimeout(BUSY_MILLIS);
        config.setGetGeneratedKeys(false);
        config.setCacheSize(-CACHE_KIBIBYTES);
        Connection connection = config.createConnection("jdbc:sqlite:" + path);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
            prepare(statement, path);
            connection.setAutoCommit(false);
            return new BookFile(path, connection);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static void prepare(Statement statement, Path path) throws SQLException {
        int version = number(statement, "PRAGMA user_version");
        if (version == 0 && number(statement, "SELECT count(*) FROM sqlite_schema") == 0) {
            // executeUpdate runs all of a script's commands.
            statement.executeUpdate("BEGIN;\n" + schema() + "PRAGMA user_version = " + VERSION + ";\nCOMMIT;");
        } else if (version != VERSION) {
            throw new SQLException(path + " is of version " + version + ", not " + VERSION);
        }
    }

    private static int number(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static String schema() {
        try (InputStream in = BookFile.class.getResourceAsStream("books.sql")) {
            return new String(Objects.requireNonNull(in, "books.sql").readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path path) throws SQLException {
        try {
            for (String suffix : new String[] {"", "-wal", "-shm"}) {
                Files.deleteIfExists(path.resolveSibling(path.getFileName() + suffix));
            }
        } catch (IOException e) {
            throw new SQLException(path + " cannot be removed", e);
        }
    }

    /** Another process has it open. */
    static boolean isInUse(SQLException failure) {
        int code = failure.getErrorCode() & 0xff;
        return code == 5 || code == 6; // BUSY, LOCKED: https://www.sqlite.org/rescode.html
    }

    /** What is in it cannot be trusted any more. */
    static boolean isBroken(SQLException failure) {
        int code = failure.getErrorCode() & 0xff;
        return code == 11 || code == 26; // CORRUPT, NOTADB
    }

    /** Somebody may have removed it. */
    boolean isThere() {
        return Files.exists(path);
    }

    Connection connection() {
        return connection;
    }

    Mark mark() throws SQLException {
        try (ResultSet row = readMark.executeQuery()) {
            row.next();
            return new Mark(
                    row.getLong(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getLong(5),
                    row.getLong(6),
                    row.getString(7));
        }
    }

    /** What was written goes up to here; seen from now on, and safe with the next {@link #commit}. */
    void reached(Mark mark) throws SQLException {
        writeMark.setLong(1, mark.entries());
        writeMark.setString(2, mark.before());
        writeMark.setString(3, mark.position());
        writeMark.setString(4, mark.reference());
        writeMark.setLong(5, mark.atMillis());
        writeMark.setLong(6, mark.deeds());
        writeMark.setString(7, mark.deedHash());
        writeMark.executeUpdate();
        uncommitted = true;
    }

    void commit() throws SQLException {
        connection.commit();
        uncommitted = false;
    }

    /** Ends a transaction, if it only read. */
    void release() throws SQLException {
        if (!uncommitted) {
            connection.rollback();
        }
    }

    /** Takes back what was not committed. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
