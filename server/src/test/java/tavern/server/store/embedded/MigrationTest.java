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
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
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
import tavern.server.store.ChatLine;
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

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void chatIsTheSameAfterwards(int version) throws Exception {
        RoomId hall = new RoomId("hall");
        RoomId attic = new RoomId("attic");
        Random random = new Random(version);
        List<ChatLine> inHall = new ArrayList<>();
        List<ChatLine> inAttic = new ArrayList<>();
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            run(statement, version);
            // The first of the time before lines were numbered; a gap, where another owner began.
            long number = 0;
            for (int i = 0; i < 150; i++) {
                boolean isHall = random.nextInt(4) > 0;
                ChatLine line = new ChatLine("player-" + i % 7, "\u00fc line " + i, NOW - i);
                number = i < 20 ? 0 : i == 90 ? 9_000 : Math.max(1_000, number + 1);
                chat(connection, version, isHall ? hall : attic, number, line);
                (isHall ? inHall : inAttic).add(line);
            }
            statement.executeUpdate("INSERT INTO fence VALUES ('%shall', 5); PRAGMA user_version = %d"
                    .formatted(version == 1 ? "" : "room:", version));
        }
        try (EmbeddedStore store = EmbeddedStore.open(StoreSettings.embedded(folder, 100, 100))) {
            assertThat(await(store.chat(hall, 1000))).isEqualTo(inHall);
            assertThat(await(store.chat(attic, 1000))).isEqualTo(inAttic);
            assertThat(await(store.chat(hall, 30))).isEqualTo(inHall.subList(inHall.size() - 30, inHall.size()));
            assertThat(await(store.chat(new RoomId("empty"), 10))).isEmpty();
            assertThat(await(store.integrityCheck())).isEmpty();
            long fence = Realm.acquire(store, hall, 1_000);
            await(store.appendChat(hall, fence, fence, inAttic.subList(0, 3), 30));
            List<ChatLine> after = await(store.chat(hall, 1000));
            assertThat(after)
                    .endsWith(inAttic.subList(0, 3).toArray(ChatLine[]::new))
                    .hasSizeBetween(30, 50);
            assertThat(after.subList(0, after.size() - 3))
                    .isEqualTo(inHall.subList(inHall.size() - after.size() + 3, inHall.size()));
        }
        assertThat(tables()).contains("chat_block").doesNotContain("chat", "chat_5");
    }

    @Test
    void aNumberThatAnOldFileHasIsNotAppendedAgain() throws Exception {
        RoomId hall = new RoomId("hall");
        ChatLine old = new ChatLine("ann", "old", NOW);
        ChatLine fresh = new ChatLine("ann", "new", NOW);
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            run(statement, 5);
            statement.executeUpdate("INSERT INTO fence VALUES ('room:hall', 1000); PRAGMA user_version = 5");
            for (long number = 1_000; number < 1_003; number++) {
                chat(connection, 5, hall, number, old);
            }
        }
        try (EmbeddedStore store = EmbeddedStore.open(StoreSettings.embedded(folder, 100, 100))) {
            await(store.appendChat(hall, 1_000, 1_001, List.of(fresh, fresh, fresh), 10));
            assertThat(await(store.chat(hall, 10))).containsExactly(old, old, old, fresh);
        }
    }

    private static void run(Statement statement, int version) throws Exception {
        for (int next = 1; next <= version; next++) {
            try (InputStream script = Schema.class.getResourceAsStream("schema-" + next + ".sql")) {
                statement.executeUpdate(new String(script.readAllBytes(), UTF_8));
            }
        }
    }

    private static void chat(Connection connection, int version, RoomId room, long number, ChatLine line)
            throws SQLException {
        boolean isNumbered = version > 1;
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO chat (room, player, text, at_ms"
                + (isNumbered ? ", number) VALUES (?, ?, ?, ?, ?)" : ") VALUES (?, ?, ?, ?)"))) {
            insert.setString(1, room.name());
            insert.setString(2, line.player());
            insert.setString(3, line.text());
            insert.setLong(4, line.atMillis());
            if (isNumbered) {
                insert.setLong(5, number);
            }
            insert.executeUpdate();
        }
    }

    private List<String> tables() throws SQLException {
        return column("SELECT name FROM sqlite_schema WHERE type = 'table'");
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
            run(statement, version);
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
        return column("SELECT sequence || ' ' || entry || ' ' || account || ' ' || kind || ' ' || item || ' ' || delta"
                + " || ' ' || at_ms FROM ledger ORDER BY sequence");
    }

    private List<String> column(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                values.add(row.getString(1));
            }
        }
        return values;
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(Database.FILE));
    }
}
