package tavern.server.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.Realm.await;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.game.Board;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Inventory;
import tavern.server.game.SettledTrade;
import tavern.server.game.Terms;
import tavern.server.game.TradeId;
import tavern.server.store.ChatLine;
import tavern.server.store.DueRoom;
import tavern.server.store.LeaderboardPage;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LegsText;
import tavern.server.store.OutcomeForgottenException;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Realm;
import tavern.server.store.RoomTurn;
import tavern.server.store.Score;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionDraft;

/** Files of earlier schemas are brought up to date with all that is in them. */
final class MigrationTest {
    /** Undoes schema 14. */
    private static final String VERSIONS_IN_PLAYER = """
            ALTER TABLE player ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE player ADD COLUMN puts INTEGER NOT NULL DEFAULT 0;
            UPDATE player SET version = account.version, puts = account.puts FROM account WHERE account.id = player.id;
            DROP TABLE account;
            """;

    private static final UUID SOLD = UUID.fromString("f0010203-0405-4607-8809-0a0b0c0d0e0f");
    private static final UUID CANCELLED = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final Player ANN = new Player(new PlayerId(1), "ann");
    private static final Player BOB = new Player(new PlayerId(2), "bob");
    private static final Terms TERMS = new Terms(Goods.of("gold", 30), Goods.ofItem(9));
    private static final byte[] TERMS_BYTES = TradeOffer.newBuilder()
            .setGive(tavern.protocol.v1.Goods.newBuilder()
                    .addStacks(Stack.newBuilder().setKind("gold").setCount(30)))
            .setWant(tavern.protocol.v1.Goods.newBuilder().addItemIds(9))
            .build()
            .toByteArray();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void nothingThatIsInAnOldFileIsLost(int version) throws Exception {
        write(version);
        List<String> before = book();
        List<String> renamed = before.stream()
                .map(line -> line.replace("grant:starter:", "starter:"))
                .toList();
        try (EmbeddedStore store = EmbeddedStore.open(StoreSettings.embedded(folder, 100, 100))) {
            assertThat(book()).isEqualTo(renamed).hasSize(10);
            assertThat(await(store.ledger("", 10)))
                    .extracting(entry -> entry.id() + " " + LegsText.of(entry.legs()))
                    .containsExactly(
                            "starter:1 mint:starter>1|gold=105",
                            "starter:2 mint:starter>2|+9:sword",
                            "trade:1-" + SOLD + " 1>2|gold=30;2>1|#9:sword",
                            "grant:more 1>mint:ops|gold=5");
            assertThat(Realm.check(store).differences()).isEmpty();
            assertThat(await(store.integrityCheck())).isEmpty();
            PlayerRecord banned = await(store.findPlayer(BOB.id())).orElseThrow();
            assertThat(banned.bannedUntilMillis()).isEqualTo(9);
            assertThat(banned.banMessage()).as("no reason becomes a message").isEmpty();
            Realm realm = new Realm(store);
            Inventory ann = realm.inventory(ANN);
            assertThat(ann.count("gold")).isEqualTo(70);
            assertThat(ann.owns(9)).isTrue();
            assertOutcome(store, realm, SOLD, TradeOutcome.COMMITTED);
            assertOutcome(store, realm, CANCELLED, TradeOutcome.CANCELLED);
            assertThatThrownBy(() -> await(Realm.grant(store, ANN.id(), Realm.stacks("gold", 100), "empty", NOW)))
                    .hasMessageContaining("was used before");
            assertThat(realm.inventory(ANN)).isEqualTo(ann);
            assertThat(realm.settle(Realm.wish(ANN, BOB, Goods.of("gold", 1), Goods.NONE))
                            .outcome())
                    .isEqualTo(TradeOutcome.COMMITTED);
            assertThat(Realm.acquire(store, new RoomId("old"))).isGreaterThan(5);
            assertThat(Realm.check(store).differences()).isEmpty();
        }
    }

    /** Interrupted after each step in turn, as by a crash; a step is a transaction. */
    @Test
    void aLargeLedgerIsTakenOverInStepsAndGoesOnAfterACrash() throws Exception {
        int trades = 97;
        write(2);
        try (Connection connection = connection()) {
            for (int i = 0; i < trades; i++) {
                UUID uuid = new UUID(0x4000 + i, 0x8000000000000000L + i);
                trade(connection, uuid, TradeOutcome.COMMITTED, 10 + i);
                boolean back = i % 2 == 1;
                column("INSERT INTO ledger (entry, account, kind, item, delta, at_ms) VALUES"
                        + " ('trade:1-%1$s', 1, 'gold', 0, %2$d, %3$d), ('trade:1-%1$s', 2, 'gold', 0, %4$d, %3$d)"
                                .formatted(uuid, back ? 1 : -1, 10 + i, back ? -1 : 1)
                        + " RETURNING sequence");
            }
            column("UPDATE balance SET count = count + CASE player WHEN 1 THEN -1 ELSE 1 END RETURNING count");
        }
        List<String> before = book();
        Database database = new Database(folder);
        int steps = 0;
        for (boolean left = true; left; steps++) {
            try (Connection connection = database.openToWrite()) {
                DatabaseSchema.migrateOnly(connection, database.file());
                LedgerTakeover takeover = new LedgerTakeover(connection, 10, 7);
                takeover.step();
                left = takeover.isUnderWay();
            }
        }
        assertThat(steps).isGreaterThan(trades * 2 / 10);
        try (EmbeddedStore store = EmbeddedStore.open(StoreSettings.embedded(folder, 100, 100))) {
            assertThat(book())
                    .isEqualTo(before.stream()
                            .map(line -> line.replace("grant:starter:", "starter:"))
                            .sorted()
                            .toList());
            assertThat(await(store.ledger("", 1000)))
                    .hasSize(trades + 4)
                    .extracting(LedgerEntry::id)
                    .doesNotHaveDuplicates();
            assertThat(Realm.check(store).differences()).isEmpty();
            for (int i = 0; i < trades; i++) {
                UUID uuid = new UUID(0x4000 + i, 0x8000000000000000L + i);
                assertThat(await(Realm.findTrade(store, new TradeId(ANN.id(), uuid))))
                        .isPresent();
            }
            assertThat(await(store.integrityCheck())).isEmpty();
        }
        assertThat(tables()).doesNotContain("ledger_line", "trade", "trade_slot", "grant_reference", "takeover");
    }

    /** Ids of version 7 carry their time; an outcome that is left behind must not make a repeat a new trade. */
    @Test
    void aTradeWhoseOutcomeIsTooOldToBeTakenOverIsNotDoneAgain() throws Exception {
        long day = Duration.ofDays(1).toMillis();
        UUID old = TransactionDraft.uuidOf(NOW - 4 * day, 1);
        UUID kept = TransactionDraft.uuidOf(NOW - 2 * day, 2);
        UUID failed = TransactionDraft.uuidOf(NOW, 3);
        write(2);
        try (Connection connection = connection()) {
            trade(connection, old, TradeOutcome.COMMITTED, NOW - 4 * day);
            trade(connection, kept, TradeOutcome.CANCELLED, NOW - 2 * day);
            trade(connection, failed, TradeOutcome.FAILED, NOW);
            column("UPDATE trade SET reason = " + ErrorCode.TRADE_BAD_AMOUNT_VALUE + " WHERE outcome = "
                    + TradeOutcome.FAILED_VALUE + " RETURNING reason");
        }
        StoreSettings settings =
                new StoreSettings(StoreSettings.Kind.EMBEDDED, folder, 100, 100, 0, 2, StoreSettings.Redis.DEFAULT);
        try (EmbeddedStore store = EmbeddedStore.open(settings)) {
            Realm realm = new Realm(store);
            assertThat(await(Realm.findTrade(store, new TradeId(ANN.id(), old))))
                    .isEmpty();
            assertThatThrownBy(() -> realm.settle(
                            Realm.wish(old, ANN, BOB, Goods.of("gold", 1), Goods.NONE, TradeOutcome.COMMITTED)))
                    .hasCauseInstanceOf(OutcomeForgottenException.class);
            assertOutcome(store, realm, kept, TradeOutcome.CANCELLED);
            assertThat(await(Realm.findTrade(store, new TradeId(ANN.id(), failed)))
                            .orElseThrow()
                            .reason())
                    .isEqualTo(ErrorCode.TRADE_BAD_AMOUNT);
            assertThat(realm.inventory(ANN).count("gold")).isEqualTo(70);
        }
    }

    /** Only digits after the colon make a starter kit. */
    @Test
    void anOperatorsReferenceThatLooksLikeAStarterKitsIsStillKnown() throws Exception {
        write(2);
        column("INSERT INTO grant_reference VALUES ('starter:5th-week') RETURNING reference");
        try (EmbeddedStore store = EmbeddedStore.open(StoreSettings.embedded(folder, 100, 100))) {
            assertThatThrownBy(() ->
                            await(Realm.grant(store, ANN.id(), Realm.stacks("gold", 100), "starter:5th-week", NOW)))
                    .hasMessageContaining("was used before");
        }
    }

    @Test
    void aTradeThatCannotBeReadIsNamed() throws Exception {
        write(2);
        column("UPDATE trade SET terms = x'ff' RETURNING at_ms");
        assertThatThrownBy(() -> EmbeddedStore.open(StoreSettings.embedded(folder, 100, 100)))
                .isInstanceOf(StoreOpenException.class)
                .hasMessageMatching("the terms of trade [0-9]+ in .*");
    }

    @Test
    void aLineThatBelongsToNothingIsNamed() throws Exception {
        write(2);
        Database database = new Database(folder);
        try (Connection connection = database.openToWrite()) {
            DatabaseSchema.migrateOnly(connection, database.file());
        }
        column("DELETE FROM grant_reference WHERE reference = 'more' RETURNING reference");
        assertThatThrownBy(() -> EmbeddedStore.open(StoreSettings.embedded(folder, 100, 100)))
                .isInstanceOf(StoreOpenException.class)
                .hasMessageMatching("the ledger's line [0-9]+ belongs to .*");
    }

    /** A token tells only when its room was opened, and it may have been open until now. */
    @Test
    void roomsOfAnOldFileCountAsUsedNow() throws Exception {
        write(2);
        try (EmbeddedStore store = EmbeddedStore.open(StoreSettings.embedded(folder, 100, 100))) {
            while (await(store.forgetRooms(Duration.ofDays(1).toMillis(), System.currentTimeMillis(), 100))) {}
            assertThat(await(store.knowsRoom(new RoomId("old")))).isTrue();
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
            assertThat(await(store.chat(hall, 1000)).lines()).isEqualTo(inHall);
            assertThat(await(store.chat(attic, 1000)).lines()).isEqualTo(inAttic);
            assertThat(await(store.chat(hall, 30)).lines())
                    .isEqualTo(inHall.subList(inHall.size() - 30, inHall.size()));
            assertThat(await(store.chat(new RoomId("empty"), 10)).lines()).isEmpty();
            assertThat(await(store.integrityCheck())).isEmpty();
            long fence = Realm.acquire(store, hall);
            await(store.appendChat(hall, fence, fence, inAttic.subList(0, 3), 30));
            List<ChatLine> after = await(store.chat(hall, 1000)).lines();
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
            assertThat(await(store.chat(hall, 10)).lines()).containsExactly(old, old, old, fresh);
        }
    }

    /** Such a file differs from one of today only in what is added to it, and in where versions of accounts are. */
    @ParameterizedTest
    @CsvSource({
        "10, DROP TABLE game_room; DROP TABLE board; DROP TABLE board_score; DROP TABLE operator; DROP TABLE operator_key",
        "11, DROP TABLE board; DROP TABLE board_score; DROP TABLE operator; DROP TABLE operator_key",
        "12, DROP TABLE operator; DROP TABLE operator_key",
        "13, SELECT 1"
    })
    void aFileOfAnEarlierSchemaGetsWhatIsNewSince(int version, String removal) throws Exception {
        RoomId hall = new RoomId("hall");
        Player ann;
        try (EmbeddedStore store = EmbeddedStore.open(StoreSettings.embedded(folder, 100, 100))) {
            ann = new Realm(store).open("ann", "gold", 7);
        }
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(VERSIONS_IN_PLAYER + removal + "; PRAGMA user_version = " + version);
        }
        try (EmbeddedStore store = EmbeddedStore.open(StoreSettings.embedded(folder, 100, 100))) {
            assertThat(new Realm(store).inventory(ann).count("gold")).isEqualTo(7);
            long fence = Realm.acquire(store, hall);
            Score win = new Score("cards.wins", ann.id(), 3, Board.Ranking.SUM);
            RoomTurn turn = new RoomTurn(hall, "cards", 0, 1, new byte[] {1}, NOW, List.of(win), List.of());
            await(store.transact(Transaction.turn(turn, fence, List.of(), List.of(), List.of(), NOW)));
        }
        try (EmbeddedStore store = EmbeddedStore.open(StoreSettings.embedded(folder, 100, 100))) {
            assertThat(await(store.leaderboard("cards.wins", 0, 10)).rows())
                    .containsExactly(new LeaderboardPage.Row(1, ann, 3));
            assertThat(await(store.game(hall)).orElseThrow().state()).containsExactly(1);
            assertThat(await(store.dueRooms(NOW, 10))).containsExactly(new DueRoom(hall, "cards", NOW));
            assertThat(await(store.integrityCheck())).isEmpty();
        }
    }

    private static void run(Statement statement, int version) throws Exception {
        for (int next = 1; next <= version; next++) {
            try (InputStream script = DatabaseSchema.class.getResourceAsStream("schema-" + next + ".sql")) {
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
        SettledTrade found =
                await(Realm.findTrade(store, new TradeId(ANN.id(), uuid))).orElseThrow();
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
                UPDATE player SET banned_until_ms = 9, ban_reason = 'a reason for operators' WHERE id = 2;
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
            insert.setBytes(1, bytes(uuid));
            insert.setBytes(2, TERMS_BYTES);
            insert.setInt(3, outcome.getNumber());
            insert.setLong(4, atMillis);
            insert.executeUpdate();
        }
    }

    private static byte[] bytes(UUID uuid) {
        return ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }

    private List<String> book() throws SQLException {
        return column(
                "SELECT entry || ' ' || account || ' ' || kind || ' ' || item || ' ' || delta || ' ' || at_ms AS line"
                        + " FROM ledger ORDER BY line");
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
