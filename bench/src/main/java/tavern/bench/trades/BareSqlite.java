package tavern.bench.trades;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.sqlite.SQLiteConfig;
import tavern.bench.Folders;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;

/**
 * Measures what SQLite commits when it only writes: the rows of a trade into the store's own tables, many trades in one
 * transaction, each transaction flushed before the next.
 */
final class BareSqlite implements Contender {
    private static final int TRADES_PER_COMMIT = 1_000;
    private static final int TRADES_PER_MILLI = 50;
    private static final int PLAYERS = 400;
    private static final String ROOM = "room-1";
    private static final long FENCE = 1_700_000_000_000_000L;
    private static final long AT_MILLIS = 1_700_000_000_000L;

    private final Path folder;

    BareSqlite(Path folder) {
        this.folder = folder;
    }

    @Override
    public String key() {
        return "bareSqlite";
    }

    @Override
    public String title() {
        return "bare SQLite, group commits of the same rows";
    }

    @Override
    public TradeLoad start() throws IOException {
        Path own = Files.createTempDirectory(folder, "sqlite");
        EmbeddedStore.open(StoreSettings.embedded(own, 1, 1)).close();
        try {
            return new Writing(own);
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static final class Writing implements TradeLoad {
        private final Path folder;
        private final Connection connection;
        private final ManyRows outcomes;
        private final ManyRows entries;
        private final PreparedStatement balance;
        private final PreparedStatement player;
        private final SplittableRandom random = new SplittableRandom(1);
        private final byte[] memo = new byte[60];
        private long last;
        private final LongAdder committed = new LongAdder();
        private final LoopingThread worker;

        Writing(Path folder) throws SQLException {
            this.folder = folder;
            SQLiteConfig config = new SQLiteConfig();
            config.setJournalMode(SQLiteConfig.JournalMode.WAL);
            config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
            config.setGetGeneratedKeys(false);
            connection = config.createConnection("jdbc:sqlite:" + folder.resolve("tavern.db"));
            connection.setAutoCommit(false);
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO player (id, name, created_ms) VALUES (?, ?, 0)")) {
                for (int id = 1; id <= PLAYERS; id++) {
                    insert.setInt(1, id);
                    insert.setString(2, "trader-" + id);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            try (Statement begin = connection.createStatement()) {
                begin.executeUpdate("INSERT INTO account (id, version, puts) SELECT id, 0, 0 FROM player");
            }
            connection.commit();
            outcomes = new ManyRows(connection, "outcome (born_ms, id, at_ms, reason, at_index, text, memo)", 7);
            entries = new ManyRows(connection, "entry (id, room, fence, at_ms, legs)", 5);
            balance = connection.prepareStatement("INSERT INTO balance (player, kind, count) VALUES (?, ?, 1)"
                    + " ON CONFLICT (player, kind) DO UPDATE SET count = count + 1");
            player = connection.prepareStatement("UPDATE account SET version = version + 1 WHERE id = ?");
            worker = LoopingThread.start("sqlite", this::commit);
        }

        private void commit() throws SQLException {
            for (int i = 0; i < TRADES_PER_COMMIT; i++) {
                add(1 + random.nextInt(PLAYERS - 1));
            }
            // Rows that change many times in a transaction are written once.
            for (int id = 1; id <= PLAYERS; id++) {
                player.setInt(1, id);
                player.addBatch();
                count(id, "gold");
                count(id, "potion");
            }
            balance.executeBatch();
            player.executeBatch();
            connection.commit();
            committed.add(TRADES_PER_COMMIT);
        }

        private void count(int id, String kind) throws SQLException {
            balance.setInt(1, id);
            balance.setString(2, kind);
            balance.addBatch();
        }

        private void add(int proposer) throws SQLException {
            // As many to the millisecond as a store commits in one.
            long born = AT_MILLIS + last++ / TRADES_PER_MILLI;
            UUID uuid = new UUID(born << 16 | 0x7000, random.nextLong());
            String id = "trade:" + proposer + "-" + uuid;
            int partner = proposer + 1;
            outcomes.add(born, id, AT_MILLIS, 0, 0, "", memo);
            String legs = proposer + ">" + partner + "|gold=1;" + partner + ">" + proposer + "|potion=1";
            entries.add(id, ROOM, FENCE, AT_MILLIS, legs);
        }

        @Override
        public long done() {
            return committed.sum();
        }

        @Override
        public void close() throws IOException, InterruptedException {
            worker.end();
            try (connection;
                    ResultSet rows = connection.createStatement().executeQuery("SELECT count(*) FROM entry")) {
                if (!rows.next() || rows.getLong(1) != committed.sum()) {
                    throw new IOException("trades are missing");
                }
            } catch (SQLException e) {
                throw new IOException(e.getMessage(), e);
            }
            Folders.remove(folder);
        }
    }
}
