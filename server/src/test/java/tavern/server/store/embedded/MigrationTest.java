package tavern.server.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.Realm.await;

import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Goods;
import tavern.server.game.Inventory;
import tavern.server.game.Player;
import tavern.server.game.PlayerId;
import tavern.server.game.RoomId;
import tavern.server.game.SettledTrade;
import tavern.server.game.Terms;
import tavern.server.game.TradeId;
import tavern.server.store.Realm;
import tavern.server.store.StoreSettings;

/** Files of earlier schemas are brought up to date with all that is in them. */
final class MigrationTest {
    private static final UUID SOLD = UUID.fromString("f0010203-0405-4607-8809-0a0b0c0d0e0f");
    private static final UUID CANCELLED = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final Player ANN = new Player(new PlayerId(1), "ann");
    private static final Player BOB = new Player(new PlayerId(2), "bob");
    private static final Terms TERMS = new Terms(Goods.of("gold", 30), Goods.ofItem(9));

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void nothingThatIsInAnOldFileIsLost(int version) throws Exception {
        write(version);
        List<String> before = book();
        try (EmbeddedStore store = EmbeddedStore.open(StoreSettings.embedded(folder, 100, 100))) {
            assertThat(book()).isEqualTo(before).hasSize(10);
            assertThat(await(store.checkConservation()).differences()).isEmpty();
            assertThat(await(store.integrityCheck())).isEmpty();
            Realm realm = new Realm(store);
            Inventory ann = realm.inventory(ANN);
            assertThat(ann.count("gold")).isEqualTo(70);
            assertThat(ann.owns(9)).isTrue();
            assertOutcome(store, realm, SOLD, TradeOutcome.COMMITTED);
            assertOutcome(store, realm, CANCELLED, TradeOutcome.CANCELLED);
            await(store.grant(ANN.id(), Realm.stacks("gold", 100), "starter:1", NOW));
            await(store.grant(ANN.id(), Realm.stacks("gold", 100), "empty", NOW));
            assertThat(realm.inventory(ANN)).isEqualTo(ann);
            assertThat(realm.settle(Realm.wish(ANN, BOB, Goods.of("gold", 1), Goods.NONE))
                            .outcome())
                    .isEqualTo(TradeOutcome.COMMITTED);
            assertThat(Realm.acquire(store, new RoomId("old"), 0)).isEqualTo(6);
            assertThat(await(store.checkConservation()).differences()).isEmpty();
        }
    }

    private static void assertOutcome(EmbeddedStore store, Realm realm, UUID uuid, TradeOutcome outcome) {
        SettledTrade found = await(store.findTrade(new TradeId(ANN.id(), uuid))).orElseThrow();
        assertThat(found.outcome()).isEqualTo(outcome);
        assertThat(found.terms()).isEqualTo(TERMS);
        assertThat(found.partner()).isEqualTo(BOB);
        assertThat(realm.settle(Realm.wish(uuid, ANN, BOB, Goods.of("gold", 1), Goods.NONE, TradeOutcome.COMMITTED)))
                .isEqualTo(found);
    }

    /** Ann had 100 gold and Bob a sword; Ann bought it for 30, and gave 5 gold back. */
    private void write(int version) throws Exception {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            for (int next = 1; next <= version; next++) {
                try (InputStream script = Schema.class.getResourceAsStream("schema-" + next + ".sql")) {
                    statement.executeUpdate(new String(script.readAllBytes(), UTF_8));
                }
            }
            String lease = version == 1 ? "old" : "room:old";
            String bought = "trade:1-" + SOLD;
            statement.executeUpdate("""
                INSERT INTO player (id, name, version, created_ms) VALUES (1, 'ann', 3, 0), (2, 'bob', 2, 0);
                INSERT INTO item VALUES (9, 'sword', 1);
                INSERT INTO balance VALUES (1, 'gold', 70), (2, 'gold', 30);
                INSERT INTO fence VALUES ('%1$s', 5);
                INSERT INTO grant_reference VALUES ('starter:1'), ('starter:2'), ('empty'), ('more');
                INSERT INTO ledger (entry, account, kind, item, delta, at_ms) VALUES
                  ('grant:starter:1', 0, 'gold', 0, -105, 3), ('grant:starter:1', 1, 'gold', 0, 105, 3),
                  ('grant:starter:2', 0, 'sword', 9, -1, 4), ('grant:starter:2', 2, 'sword', 9, 1, 4),
                  ('%2$s', 1, 'gold', 0, -30, 6), ('%2$s', 2, 'gold', 0, 30, 6),
                  ('%2$s', 2, 'sword', 9, -1, 6), ('%2$s', 1, 'sword', 9, 1, 6),
                  ('grant:more', 0, 'gold', 0, 5, 8), ('grant:more', 1, 'gold', 0, -5, 8);
                PRAGMA user_version = %3$d;""".formatted(lease, bought, version));
            trade(connection, SOLD, TradeOutcome.COMMITTED, 6);
            trade(connection, CANCELLED, TradeOutcome.CANCELLED, 7);
        }
    }

    private static void trade(Connection connection, UUID uuid, TradeOutcome outcome, long atMillis)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO trade VALUES (1, ?, 2, 'old', 5, ?, ?, 0, ?)")) {
            insert.setBytes(1, TermsBytes.of(uuid));
            insert.setBytes(2, TermsBytes.of(TERMS));
            insert.setInt(3, outcome.getNumber());
            insert.setLong(4, atMillis);
            insert.executeUpdate();
        }
    }

    private List<String> book() throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT sequence || ' ' || entry || ' ' || account || ' ' || kind"
                                + " || ' ' || item || ' ' || delta || ' ' || at_ms FROM ledger ORDER BY sequence")) {
            while (row.next()) {
                lines.add(row.getString(1));
            }
        }
        return lines;
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(Database.FILE));
    }
}
