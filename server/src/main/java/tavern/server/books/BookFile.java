package tavern.server.books;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/**
 * The file of the books, with its only connection. Nothing in it is the only copy, so one that cannot be used is
 * replaced by a new one; but it is only set aside, since it may be evidence of what somebody did to the store. Confined
 * to the books' thread.
 */
final class BookFile implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(BookFile.class);

    private static final int VERSION = 6;
    private static final int CHECKPOINT_PAGES = 4096;

    /** Short, because a process that has the file open keeps it open for long. */
    private static final int BUSY_MILLIS = 100;

    /** An entry touches pages all over the file, so the cache is larger than SQLite's default. */
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

    /**
     * Opens the file, or creates it. A file that is broken or of an earlier version is set aside and created again.
     *
     * @throws SQLException when the file is not available now, or belongs to a newer server; it is then left as it is
     */
    static BookFile open(Path path) throws SQLException {
        try {
            return connect(path);
        } catch (SQLException e) {
            if (!isBroken(e)) {
                throw e;
            }
            log.warn("{} cannot be used: {}", path, e.getMessage());
            return anew(path);
        }
    }

    /** Sets the existing file aside and starts a new one. */
    static BookFile anew(Path path) throws SQLException {
        setAside(path);
        return connect(path);
    }

    /** With Redis as the store, nothing else may need the folder. */
    private static void makeFolder(Path folder) throws SQLException {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new SQLException("the folder " + folder + " cannot be made: " + e, e);
        }
    }

    private static BookFile connect(Path path) throws SQLException {
        makeFolder(Objects.requireNonNull(path.toAbsolutePath().getParent()));
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        // A crash of the machine may lose the last seconds, which are computed again, but leaves no broken file.
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

    /** Opens a file for one computation, which is worth nothing afterwards, so it is never made durable. */
    static Connection scratch(Path path) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.OFF);
        config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
        config.setLockingMode(SQLiteConfig.LockingMode.EXCLUSIVE);
        config.setGetGeneratedKeys(false);
        config.setCacheSize(-CACHE_KIBIBYTES);
        Connection connection = config.createConnection("jdbc:sqlite:" + path);
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(schema());
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Whether some process, perhaps this one, has the file open for a computation. */
    static boolean isInUse(Path scratch) {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(0);
        config.setJournalMode(SQLiteConfig.JournalMode.OFF); // leaves no other file
        try (Connection connection = config.createConnection("jdbc:sqlite:" + scratch);
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            return false;
        } catch (SQLException e) {
            // Any other error shows a file that was cut off in the middle of a write.
            return (e.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code;
        }
    }

    private static void prepare(Statement statement, Path path) throws SQLException {
        int version = number(statement, "PRAGMA user_version");
        if (version == 0 && number(statement, "SELECT count(*) FROM sqlite_schema") == 0) {
            // executeUpdate runs all commands of a script.
            statement.executeUpdate("BEGIN;\n" + schema() + "PRAGMA user_version = " + VERSION + ";\nCOMMIT;");
        } else if (version > VERSION) {
            throw new SQLException(path + " is of version " + version + ", this server knows only " + VERSION
                    + "; start the newer server, or move the file away");
        } else if (version < VERSION
                || number(statement, "SELECT count(*) FROM sqlite_schema WHERE name = 'mark'") == 0) {
            throw new UnusableFileException(path + " is of version " + version + ", or of something else");
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

    /**
     * Renames the file and its log by adding a number, so that SQLite can still open it. The first file set aside is
     * kept, because it is closest to what happened first; of later ones only the newest is kept.
     */
    private static void setAside(Path path) throws SQLException {
        int number = Files.exists(aside(path, 1)) ? 2 : 1;
        try {
            if (move(path, aside(path, number))) {
                log.warn("{} is set aside as {}", path, aside(path, number).getFileName());
            }
        } catch (IOException e) {
            throw new SQLException(path + " cannot be set aside", e);
        }
    }

    private static Path aside(Path path, int number) {
        return path.resolveSibling(path.getFileName() + ".aside-" + number);
    }

    /** Returns whether there was such a file. */
    private static boolean move(Path from, Path to) throws IOException {
        if (!Files.exists(from)) {
            return false;
        }
        Files.deleteIfExists(beside(from, "-shm")); // the log's index, which SQLite creates again
        Files.deleteIfExists(beside(to, "-wal"));
        for (String suffix : new String[] {"", "-wal"}) {
            if (Files.exists(beside(from, suffix))) {
                Files.move(beside(from, suffix), beside(to, suffix), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return true;
    }

    private static Path beside(Path path, String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /** Whether another process has the file open. */
    static boolean isInUse(SQLException failure) {
        int code = failure.getErrorCode() & 0xff;
        return code == 5 || code == 6; // BUSY, LOCKED: https://www.sqlite.org/rescode.html
    }

    /** Whether the contents of the file can no longer be trusted. */
    static boolean isBroken(SQLException failure) {
        int code = failure.getErrorCode() & 0xff;
        return code == 11 || code == 26 || failure instanceof UnusableFileException; // CORRUPT, NOTADB
    }

    /** The file can be read, but is not what this server needs. */
    private static final class UnusableFileException extends SQLException {
        private static final long serialVersionUID = 1;

        UnusableFileException(String message) {
            super(message);
        }
    }

    /** Whether the file still exists, since somebody may have removed it. */
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

    /** Notes how far the books go: visible from now on, and durable with the next {@link #commit}. */
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

    /** The books begin with a checkpoint, not with the ledger's first entry. */
    void beginsLater() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE mark SET begins_later = 1");
        }
    }

    /** Something was written that does not move the mark: durable with the next {@link #commit} too. */
    void changed() {
        uncommitted = true;
    }

    void commit() throws SQLException {
        connection.commit();
        uncommitted = false;
    }

    /** Ends a transaction that has only read. */
    void release() throws SQLException {
        if (!uncommitted) {
            connection.rollback();
        }
    }

    /** Rolls back what was not committed. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
