package tavern.sim.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;

class EmbeddedAuditTest {
    private static final ByteString ID =
            ByteString.copyFrom(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
    private static final TradeOffer OFFER = TradeOffer.newBuilder()
            .setTradeId(ID)
            .setTo("bob")
            .setGive(Goods.newBuilder()
                    .addStacks(Stack.newBuilder().setKind("gold").setCount(30)))
            .setWant(Goods.newBuilder().addItemIds(9))
            .build();
    private static final KnownTrade TOLD = new KnownTrade("ann", OFFER, TradeOutcome.COMMITTED);

    @TempDir
    Path folder;

    private Path file = Path.of("");

    /** Ann had 100 gold and Bob a sword; Ann bought it for 30. */
    @BeforeEach
    void aStoreWithOneTrade() throws IOException, SQLException {
        file = folder.resolve("tavern.db");
        for (int version = 1; version <= 10; version++) {
            String name = "/tavern/server/store/embedded/schema-" + version + ".sql";
            try (InputStream schema = getClass().getResourceAsStream(name)) {
                assertThat(schema).as(name).isNotNull();
                sql(new String(schema.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        sql("""
            INSERT INTO player (id, name, version, created_ms) VALUES (1, 'ann', 2, 0), (2, 'bob', 2, 0);
            INSERT INTO item VALUES (9, 'sword', 1);
            INSERT INTO balance VALUES (1, 'gold', 70), (2, 'gold', 30);
            INSERT INTO entry (id, room, fence, at_ms, legs) VALUES
              ('starter:1', NULL, 0, 0, 'mint:starter>1|gold=100'), ('starter:2', NULL, 0, 0, 'mint:starter>2|+9:sword'),
              ('%1$s', 'hall', 1, 0, '1>2|gold=30;2>1|#9:sword');
            INSERT INTO outcome VALUES (0, '%1$s', 0, 0, 0, '', CAST('1 0 hall 1 ann 2 bob gold=30 #9' AS BLOB));""".formatted("trade:1-" + TradeIds.text(ID)));
    }

    @Test
    void booksThatAgreeWithWhatWasToldHold() throws IOException {
        StoreAudit.Result result = audit();
        assertThat(result.contradictions()).isEmpty();
        assertThat(result.wrong()).isEmpty();
        assertThat(result.twice()).isEmpty();
    }

    @Test
    void aTradeThatIsNotThereIsMissing() throws IOException, SQLException {
        sql("DELETE FROM outcome");
        assertThat(audit().wrong()).containsExactly(entry(TOLD, "not in the store"));
    }

    @Test
    void anotherOutcomeOrOtherTermsDiffer() throws IOException, SQLException {
        sql("UPDATE outcome SET memo = CAST(replace(CAST(memo AS TEXT), '1 0 hall', '3 0 hall') AS BLOB)");
        assertThat(audit().wrong().get(TOLD)).contains("outcome 3");
        sql("UPDATE outcome SET memo = CAST('1 0 hall 1 ann 2 bob gold=31 #9' AS BLOB)");
        assertThat(audit().wrong().get(TOLD)).contains("other terms");
    }

    @Test
    void aTradeThatWasCarriedOutTwiceIsSeenInTheLedger() throws IOException, SQLException {
        sql("INSERT INTO entry (id, fence, at_ms, legs) SELECT id, 1, 0, '1>2|gold=30' FROM entry WHERE room = 'hall'");
        StoreAudit.Result result = audit();
        assertThat(result.twice()).containsExactly(TOLD);
        assertThat(result.contradictions()).isNotEmpty();
    }

    @Test
    void everyWayToMakeGoodsOfNothingIsFound() throws IOException, SQLException {
        finds("UPDATE balance SET count = count + 1 WHERE player = 1", "balance and ledger differ: 1 gold 1");
        finds("UPDATE item SET owner = 2", "owner and ledger differ: 9 sword of account 2");
        finds("UPDATE item SET owner = 77", "an owner that is no player: 9");
        finds("INSERT INTO balance VALUES (2, 'ruby', 1)", "grants and goods differ: ruby 1");
    }

    /** The accounts agree with the ledger, and yet somebody got more than was ordered. */
    @Test
    void aGrantOrAKitThatWasGivenTwiceIsFound() throws IOException, SQLException {
        sql("INSERT INTO entry (id, fence, at_ms, legs) VALUES ('grant:g1', 0, 0, 'mint:ops>1|gold=5')");
        sql("UPDATE balance SET count = 75 WHERE player = 1");
        assertThat(audit().contradictions()).isEmpty();
        sql("INSERT INTO entry (id, fence, at_ms, legs) SELECT id, 0, 0, legs FROM entry WHERE id = 'grant:g1'");
        sql("UPDATE balance SET count = 80 WHERE player = 1");
        assertThat(audit().contradictions()).containsExactly("given twice: grant:g1");
        sql("INSERT INTO entry (id, fence, at_ms, legs) SELECT id, 0, 0, legs FROM entry WHERE id = 'starter:1'");
        sql("UPDATE balance SET count = 180 WHERE player = 1");
        assertThat(audit().contradictions())
                .containsExactlyInAnyOrder("given twice: grant:g1", "given twice: starter:1");
    }

    @Test
    void theBooksBeginAtTheCheckpointOfTheNewestSegment() throws IOException, SQLException {
        seal();
        booksThatAgreeWithWhatWasToldHold();
        sql("DELETE FROM entry WHERE position <= 2; UPDATE sealing SET removed = 2");
        booksThatAgreeWithWhatWasToldHold();
        sql("UPDATE balance SET count = 71 WHERE player = 1");
        assertThat(audit().contradictions())
                .containsExactlyInAnyOrder("balance and ledger differ: 1 gold 1", "grants and goods differ: gold 1");
        sql("UPDATE balance SET count = 70 WHERE player = 1; UPDATE item SET kind = 'crown'");
        assertThat(audit().contradictions())
                .contains(
                        "owner and ledger differ: 9 crown of account 1",
                        "owner and ledger differ: 9 sword of account 1",
                        "grants and goods differ: crown 1");
    }

    /** Once merged, its rows are in the one table; those of a segment that is only prepared do not count. */
    @Test
    void rowsOfASegmentThatIsNotSealedDoNotCount() throws IOException, SQLException {
        seal();
        sql("""
            REPLACE INTO checkpoint SELECT key, value FROM checkpoint_next;
            DELETE FROM checkpoint WHERE value = '0';
            DELETE FROM checkpoint_next;
            INSERT INTO checkpoint_next VALUES ('1 gold', '0'), ('#9', '1 sword');
            UPDATE sealing SET prepared = 3;""");
        assertThat(audit().contradictions()).isEmpty();
    }

    @Test
    void aRowOfTheCheckpointThatWasChangedIsFound() throws IOException, SQLException {
        seal();
        finds("UPDATE checkpoint_next SET value = '101' WHERE key = '1 gold'", "balance and ledger differ: 1 gold -1");
        assertThat(audit().contradictions()).contains("the checkpoint does not add up: gold 1");
        finds("DELETE FROM checkpoint_next WHERE key = '#9'", "owner and ledger differ: 9 sword of account 1");
        finds("DELETE FROM checkpoint_next WHERE key = 'mint:starter gold'", "the checkpoint does not add up: gold 11");
        finds(
                "UPDATE checkpoint SET value = '-2' WHERE key = 'mint:starter #'",
                "the checkpoint does not add up: # -1");
    }

    @Test
    void aGrantWhoseEntryIsInTheArchiveIsNotGivenAgain() throws IOException, SQLException {
        seal();
        sql("""
            INSERT INTO checkpoint VALUES ('grant:g1', '0'), ('grant:g%00e9', '0');
            INSERT INTO entry (id, fence, at_ms, legs) VALUES ('grant:g2', 0, 0, 'mint:ops>1|gold=5'),
              ('grant:gé', 0, 0, 'mint:ops>1|gold=5'), ('grant:g%00e9', 0, 0, 'mint:ops>1|gold=5');
            UPDATE balance SET count = 85 WHERE player = 1;""");
        assertThat(audit().contradictions()).isEmpty();
        sql("INSERT INTO entry (id, fence, at_ms, legs) VALUES ('grant:g1', 0, 0, 'mint:ops>1|gold=5');"
                + " UPDATE balance SET count = 90 WHERE player = 1");
        assertThat(audit().contradictions()).containsExactly("given twice: grant:g1");
    }

    /** Its outcome is remembered for longer than its entry; an entry that was never there is not excused. */
    @Test
    void aTradeWhoseEntryIsInTheArchiveIsNotMissing() throws IOException, SQLException {
        sql("DELETE FROM entry WHERE room = 'hall'");
        sql("INSERT INTO segment VALUES (1, '', 3, 1, 3, 1000, '', 0, '', '', '')");
        assertThat(audit().twice()).containsExactly(TOLD);
        sql("UPDATE sealing SET removed = 3");
        assertThat(audit().wrong()).isEmpty();
        sql("UPDATE outcome SET at_ms = 1001");
        assertThat(audit().twice()).containsExactly(TOLD);
    }

    /** The first two entries, as two segments, of which the second is not merged yet. */
    private void seal() throws SQLException {
        sql("""
            INSERT INTO segment VALUES (1, '', 1, 1, 1, 0, '', 4, '', '', ''), (2, '', 1, 2, 2, 0, '', 6, '', '', '');
            INSERT INTO checkpoint VALUES ('1 gold', '90'), ('1 gem', '3'), ('#9', '1 sword'),
              ('mint:starter gold', '-90'), ('mint:starter gem', '-3'), ('mint:starter #', '-1');
            INSERT INTO checkpoint_next VALUES ('1 gold', '100'), ('1 gem', '0'), ('#9', '2 sword'),
              ('mint:starter gold', '-100'), ('mint:starter gem', '0');
            UPDATE sealing SET prepared = 2, fence = 1;""");
    }

    @Test
    void aFileThatIsNoStoreIsAnErrorAndNotAnEmptyStore() {
        assertThatThrownBy(() -> new EmbeddedAudit(folder.resolve("none.db")).read(List.of()))
                .isInstanceOf(IOException.class);
        assertThat(folder.resolve("none.db")).doesNotExist();
    }

    private void finds(String change, String contradiction) throws IOException, SQLException {
        try (Connection connection = open();
                Statement statement = connection.createStatement()) {
            // Contradictions from earlier changes remain, so check only that the new one is found.
            statement.executeUpdate(change);
        }
        assertThat(audit().contradictions()).contains(contradiction);
    }

    private StoreAudit.Result audit() throws IOException {
        return new EmbeddedAudit(file).read(List.of(TOLD));
    }

    private void sql(String script) throws SQLException {
        try (Connection connection = open();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(script);
        }
    }

    private Connection open() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }
}
