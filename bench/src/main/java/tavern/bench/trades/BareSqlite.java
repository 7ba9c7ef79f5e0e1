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
        private final ManyRows trades;
        private final PreparedStatement slot;
        private final ManyRows lines;
        private final PreparedStatement balance;
        private final PreparedStatement player;
        private final SplittableRandom random = new SplittableRandom(1);
        private final byte[] terms = new byte[22];
        private long last;
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
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO player (id, name, version, created_ms) VALUES (?, ?, 0, 0)")) {
                for (int id = 1; id <= PLAYERS; id++) {
                    insert.setInt(1, id);
                    insert.setString(2, "trader-" + id);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            connection.commit();
            trades = new ManyRows(
                    connection,
                    "trade (sequence, proposer, uuid, partner, room, fence, terms, outcome, reason, at_ms)",
                    10);
            slot = connection.prepareStatement("INSERT INTO trade_slot (slot, trade) VALUES (?, ?)");
            lines = new ManyRows(connection, "ledger_line (trade, account, kind, item, delta)", 5);
            balance = connection.prepareStatement("INSERT INTO balance (player, kind, count) VALUES (?, ?, 1)"
                    + " ON CONFLICT (player, kind) DO UPDATE SET count = count + 1");
            player = connection.prepareStatement("UPDATE player SET version = version + 1 WHERE id = ?");
            worker = Worker.start("sqlite", this::commit);
        }

        private void commit() throws SQLException {
            for (int i = 0; i < TRADES_PER_COMMIT; i++) {
                add(1 + random.nextInt(PLAYERS - 1));
            }
            slot.executeBatch();
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
            long sequence = ++last;
            int partner = proposer + 1;
            long high = random.nextLong();
            long low = random.nextLong();
            byte[] uuid = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
            trades.add(sequence, proposer, uuid, partner, ROOM, FENCE, terms, 1, 0, AT_MILLIS);
            slot.setLong(1, high ^ low);
            slot.setLong(2, sequence);
            slot.addBatch();
            lines.add(sequence, proposer, "gold", 0, -1);
            lines.add(sequence, partner, "gold", 0, 1);
            lines.add(sequence, partner, "potion", 0, -1);
            lines.add(sequence, proposer, "potion", 0, 1);
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
