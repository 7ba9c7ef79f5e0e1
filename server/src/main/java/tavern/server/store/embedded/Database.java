package tavern.server.store.embedded;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;

/** Opens connections to the file, all with the settings that durability rests on. */
final class Database {
    static final String FILE = "tavern.db";

    /** Pages of the write-ahead log after which a commit also moves them into the file: 16 MiB. */
    private static final int CHECKPOINT_PAGES = 4096;

    private static final long LOG_BYTES_KEPT = 64L << 20;
    private static final int CACHE_KIBIBYTES = 64 << 10;
    private static final int BUSY_MILLIS = 5000;

    /** SQLite's own largest number of pages. */
    private static final long PAGES_MAX = 4_294_967_294L;

    private final Path file;
    private volatile long pagesMax = PAGES_MAX;

    Database(Path folder) {
        this.file = folder.resolve(FILE);
    }

    Path file() {
        return file;
    }

    Connection openToWrite() throws SQLException {
        SQLiteConfig config = config();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        Connection connection = config.createConnection(url());
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
            statement.execute("PRAGMA journal_size_limit = " + LOG_BYTES_KEPT);
            statement.execute("PRAGMA max_page_count = " + pagesMax);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    Connection openToRead() throws SQLException {
        SQLiteConfig config = config();
        config.setReadOnly(true);
        return config.createConnection(url());
    }

    /**
     * From the next {@link #openToWrite} on, the disk is full, for a test, at this many pages; 0: no longer.
     *
     * @return the limit as SQLite takes it
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
        config.setGetGeneratedKeys(false); // or the driver asks for them, in SQL, after every insert
        config.setCacheSize(-CACHE_KIBIBYTES);
        return config;
    }
}
