package tavern.bench.trades;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.sqlite.SQLiteConfig;
import tavern.bench.Folders;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;

/**
 * What SQLite commits when nothing is asked of it but to write: the rows of a trade into the store's own tables, many
 * trades in a transaction, flushed before the next.
 */
final class BareSqlite implements Contender {
    private static final int TRADES_PER_COMMIT = 1_000;
    private static final int PLAYERS = 400;

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
    public Load start() throws IOException {
        Path own = Files.createTempDirectory(folder, "sqlite");
        EmbeddedStore.open(StoreSettings.embedded(own, 1, 1)).close();
        try {
            return new Writing(own);
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static final class Writing implements Load {
        private final Path folder;
        private final Connection connection;
        private final PreparedStatement trade;
        private final PreparedStatement ledger;
        private final PreparedStatement balance;
        private final PreparedStatement player;
        private final SplittableRandom random = new SplittableRandom(1);
        private final byte[] terms = new byte[22];
        private final LongAdder committed = new LongAdder();
        private final Worker worker;

        Writing(Path folder) throws SQLException {
            this.folder = folder;
            SQLiteConfig config = new SQLiteConfig();
            config.setJournalMode(SQLiteConfig.JournalMode.WAL);
            config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
            config.setGetGeneratedKeys(false);
            connection = config.createConnection("jdbc:sqlite:" + folder.resolve("tavern.db"));
            connection.setAutoCommit(false);
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO player (id, name, version, created_ms) VALUES (?, ?, 0, 0)")) {
                for (int id = 1; id <= PLAYERS; id++) {
                    insert.setInt(1, id);
                    insert.setString(2, "trader-" + id);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            connection.commit();
            trade = connection.prepareStatement(
                    "INSERT INTO trade (proposer, uuid, partner, room, fence, terms, outcome, reason, at_ms)"
                            + " VALUES (?, ?, ?, 'room-1', 1700000000000000, ?, 1, 0, 1700000000000)");
            ledger = connection.prepareStatement("INSERT INTO ledger (entry, account, kind, item, delta, at_ms)"
                    + " VALUES (?, ?, ?, 0, ?, 1700000000000)");
            balance = connection.prepareStatement("INSERT INTO balance (player, kind, count) VALUES (?, ?, 1)"
                    + " ON CONFLICT (player, kind) DO UPDATE SET count = count + 1");
            player = connection.prepareStatement("UPDATE player SET version = version + 1 WHERE id = ?");
            worker = Worker.start("sqlite", this::commit);
        }

        private void commit() throws SQLException {
            for (int i = 0; i < TRADES_PER_COMMIT; i++) {
                add(1 + random.nextInt(PLAYERS - 1));
            }
            trade.executeBatch();
            ledger.executeBatch();
            // What changes many times in a transaction is written once.
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
            long high = random.nextLong();
            long low = random.nextLong();
            trade.setInt(1, proposer);
            trade.setBytes(2, ByteBuffer.allocate(16).putLong(high).putLong(low).array());
            trade.setInt(3, proposer + 1);
            trade.setBytes(4, terms);
            trade.addBatch();
            String entry = "trade:" + proposer + "-" + new UUID(high, low);
            book(entry, proposer, "gold", -1);
            book(entry, proposer + 1, "gold", 1);
            book(entry, proposer + 1, "potion", -1);
            book(entry, proposer, "potion", 1);
        }

        private void book(String entry, int account, String kind, int delta) throws SQLException {
            ledger.setString(1, entry);
            ledger.setInt(2, account);
            ledger.setString(3, kind);
            ledger.setInt(4, delta);
            ledger.addBatch();
        }

        @Override
        public long done() {
            return committed.sum();
        }

        @Override
        public void close() throws IOException, InterruptedException {
            worker.end();
            try (connection;
                    ResultSet rows = connection.createStatement().executeQuery("SELECT count(*) FROM trade")) {
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
