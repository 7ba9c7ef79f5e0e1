package tavern.server.store.embedded;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;

/** Opens connections to the file, all with the settings on which durability depends. */
final class Database {
    static final String FILE = "tavern.db";

    /**
     * Size of the write-ahead log, in pages, from which a commit also moves them into the file: 48 MiB. A page that many
     * commits have changed is moved once, so with changes all over the file a longer log costs less. It stays below
     * {@link #LOG_BYTES_KEPT}, so that the log is not cut and grown again each time.
     */
    private static final int CHECKPOINT_PAGES = 12_288;

    private static final long LOG_BYTES_KEPT = 64L << 20;
    private static final int CACHE_KIBIBYTES = 64 << 10;
    private static final int BUSY_MILLIS = 5000;

    /** The largest number of pages that SQLite supports. */
    private static final long PAGES_MAX = 4_294_967_294L;

    private final Path file;
    private volatile long pagesMax = PAGES_MAX;
    private volatile boolean autoCheckpoints = true;

    Database(Path folder) {
        this.file = folder.resolve(FILE);
    }

    Path file() {
        return file;
    }

    /** The path of the write-ahead log, which holds what is committed and not yet in the file. */
    Path log() {
        return file.resolveSibling(FILE + "-wal");
    }

    Connection openToWrite() throws SQLException {
        SQLiteConfig config = config();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        Connection connection = config.createConnection(url());
        try (Statement statement = connection.createStatement()) {
            statement.execute(autoCheckpoint(autoCheckpoints));
            statement.execute("PRAGMA journal_size_limit = " + LOG_BYTES_KEPT);
            statement.execute("PRAGMA max_page_count = " + pagesMax);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * A statement for a connection that writes.
     *
     * @param on whether its commits also move the log into the file once it is long
     */
    static String autoCheckpoint(boolean on) {
        return "PRAGMA wal_autocheckpoint = " + (on ? CHECKPOINT_PAGES : 0);
    }

    /** From the next {@link #openToWrite} on; a connection that is open already is told with {@link #autoCheckpoint}. */
    void autoCheckpoints(boolean on) {
        autoCheckpoints = on;
    }

    Connection openToRead() throws SQLException {
        SQLiteConfig config = config();
        config.setReadOnly(true);
        return config.createConnection(url());
    }

    /** Reads only the file, whatever log lies beside it, and neither locks nor creates anything. */
    static Connection openWithoutLog(Path file) throws SQLException {
        // In a URI these three characters would be syntax.
        String path = file.toAbsolutePath()
                .toString()
                .replace("%", "%25")
                .replace("?", "%3f")
                .replace("#", "%23");
        SQLiteConfig config = config();
        config.setReadOnly(true);
        return config.createConnection("jdbc:sqlite:file:" + path + "?immutable=1");
    }

    /**
     * For tests: from the next {@link #openToWrite} on, the disk counts as full at this many pages; 0 removes the
     * limit.
     *
     * @return the limit in SQLite's terms
     */
    long limitPages(long pages) {
        pagesMax = pages == 0 ? PAGES_MAX : pages;
        return pagesMax;
    }

    private String url() {
        return "jdbc:sqlite:" + file;
    }

    private static SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        config.setGetGeneratedKeys(false); // otherwise the driver queries them, in SQL, after every insert
        config.setCacheSize(-CACHE_KIBIBYTES);
        return config;
    }
}
