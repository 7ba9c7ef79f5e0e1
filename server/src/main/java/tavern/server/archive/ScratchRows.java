package tavern.server.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import tavern.server.store.CheckpointRow;

/** The rows of a checkpoint in a temporary file, so that a large realm needs no more memory than a small one. */
final class ScratchRows implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement get;
    private final PreparedStatement put;
    private final PreparedStatement remove;

    private ScratchRows(Connection connection) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    "CREATE TABLE checkpoint (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT," + " WITHOUT ROWID");
        }
        connection.setAutoCommit(false);
        get = connection.prepareStatement("SELECT value FROM checkpoint WHERE key = ?");
        put = connection.prepareStatement("INSERT INTO checkpoint (key, value) VALUES (?, ?)"
                + " ON CONFLICT (key) DO UPDATE SET value = excluded.value");
        remove = connection.prepareStatement("DELETE FROM checkpoint WHERE key = ?");
    }

    /** Creates the file in the folder, and removes its name at once, so that nothing stays whatever happens. */
    static ScratchRows create(Path folder) throws IOException, SQLException {
        Path file = Files.createTempFile(folder, "tavern-archive-", ".db");
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.OFF);
        config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
        config.setLockingMode(SQLiteConfig.LockingMode.EXCLUSIVE);
        config.setGetGeneratedKeys(false);
        try {
            return new ScratchRows(config.createConnection("jdbc:sqlite:" + file));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    @Nullable
    String get(String key) throws SQLException {
        get.setString(1, key);
        try (ResultSet row = get.executeQuery()) {
            return row.next() ? row.getString(1) : null;
        }
    }

    void put(CheckpointRow row) throws SQLException {
        PreparedStatement change = row.isNone() ? remove : put;
        change.setString(1, row.key());
        if (!row.isNone()) {
            change.setString(2, row.value());
        }
        change.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
