package tavern.sim.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.google.protobuf.ByteString;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.services.RedisProcess;

/** A realm written by hand into a real Redis: Ann (1) bought sword 9 from Bob (2) for 30 gold. */
@Timeout(60)
class RedisAuditIT {
    private static final ByteString ID =
            ByteString.copyFrom(new byte[] {0, 1, 2, 3, 4, 5, 0x76, 7, 8, 9, 10, 11, 12, 13, 14, 15});
    private static final String UUID = "00010203-0405-7607-0809-0a0b0c0d0e0f";
    private static final String TRADE = "trade:1-" + UUID;

    /** The id is from millisecond 4,328,719,365, which is the 619,365th of the 4,809th quarter of an hour. */
    private static final String OUTCOMES = "{main}:outcomes:4809";

    private static final TradeOffer OFFER = TradeOffer.newBuilder()
            .setTradeId(ID)
            .setTo("bob")
            .setGive(Goods.newBuilder()
                    .addStacks(Stack.newBuilder().setKind("gold").setCount(30)))
            .setWant(Goods.newBuilder().addItemIds(9))
            .build();
    private static final KnownTrade TOLD = new KnownTrade("ann", OFFER, TradeOutcome.COMMITTED);

    @TempDir
    static Path folder;

    private static RedisProcess server;
    private static RedisClient client;
    private static StatefulRedisConnection<String, String> connection;
    private static RedisCommands<String, String> redis;

    @BeforeAll
    static void startRedis() throws IOException {
        server = RedisProcess.start(folder);
        client = RedisClient.create(server.uri());
        connection = client.connect();
        redis = connection.sync();
    }

    @AfterAll
    static void stopRedis() throws Exception {
        connection.close();
        client.shutdown();
        server.close();
    }

    @BeforeEach
    void soundBooks() {
        redis.flushall();
        redis.hset("{main}:names", Map.of("ann", "1", "bob", "2"));
        redis.hset("{main}:player:1", Map.of("name", "ann", "version", "2", "s:gold", "70", "i:9", "sword"));
        redis.hset("{main}:player:2", Map.of("name", "bob", "version", "2", "s:gold", "30"));
        post("starter:1", "mint:starter>1|gold=100");
        post("starter:2", "mint:starter>2|+9:sword");
        post(TRADE, "1>2|gold=30;2>1|#9:sword");
        record("1000\n1 0 hall 7 ann 2 bob gold=30 #9");
        // Another realm in the same Redis must be ignored.
        redis.hset("{other}:player:3", "s:gold", "5");
    }

    @Test
    void booksThatAgreeWithWhatWasToldHold() throws IOException {
        StoreAudit.Result result = audit();
        assertThat(result.contradictions()).isEmpty();
        assertThat(result.wrong()).isEmpty();
        assertThat(result.twice()).isEmpty();
    }

    @Test
    void aLedgerOfManyPagesIsReadToItsEnd() throws IOException {
        for (int i = 0; i < 2_500; i++) {
            post("trade:1-x" + i, (i % 2 == 0 ? "1>2" : "2>1") + "|gold=1");
        }
        assertThat(audit().contradictions()).isEmpty();
        post("trade:1-last", "1>2|gold=1");
        assertThat(audit().contradictions()).hasSize(2);
    }

    @Test
    void aTradeThatIsNotThereIsMissing() throws IOException {
        redis.del(OUTCOMES);
        assertThat(audit().wrong()).containsExactly(entry(TOLD, "not in the store"));
    }

    @Test
    void anotherOutcomeOrOtherTermsDiffer() throws IOException {
        record("1000\n3 0 hall 7 ann 2 bob gold=30 #9");
        assertThat(audit().wrong().get(TOLD)).contains("reported as COMMITTED");
        record("1000 INSUFFICIENT 0 ann has 5 of 30 gold\n1 0 hall 7 ann 2 bob gold=30 #9");
        assertThat(audit().wrong().get(TOLD)).contains("ended as FAILED");
        record("1000\n1 0 hall 7 ann 2 bob gold=31 #9");
        assertThat(audit().wrong().get(TOLD)).isEqualTo("has other terms");
        record("1000\n1 0 hall 7 ann 2 eve gold=30 #9");
        assertThat(audit().wrong().get(TOLD)).isEqualTo("has other terms");
        record("rubbish");
        assertThat(audit().wrong().get(TOLD)).contains("cannot be read");
    }

    @Test
    void aTradeThatWasCarriedOutTwiceOrNotAtAllIsSeenInTheLedger() throws IOException {
        post(TRADE, "1>2|gold=30;2>1|#9:sword");
        StoreAudit.Result twice = audit();
        assertThat(twice.twice()).containsExactly(TOLD);
        assertThat(twice.contradictions()).isNotEmpty();
        redis.del("{main}:entries");
        post("starter:1", "mint:starter>1|gold=100");
        assertThat(audit().twice()).containsExactly(TOLD);
    }

    @Test
    void goodsOutOfNothingAreFound() throws IOException {
        redis.hincrby("{main}:player:1", "s:gold", 1);
        assertThat(audit().contradictions()).containsExactly("player 1 has 1 more of gold than the ledger says");
    }

    @Test
    void aPlayerWithoutANameIsFound() throws IOException {
        redis.hset("{main}:player:3", "version", "1");
        assertThat(audit().contradictions()).containsExactly("player 3 has no name in {main}:names");
    }

    @Test
    void theBooksBeginAtTheCheckpointOfTheNewestSegment() throws IOException {
        seal();
        booksThatAgreeWithWhatWasToldHold();
        remove(2);
        booksThatAgreeWithWhatWasToldHold();
        redis.hincrby("{main}:player:1", "s:gold", 1);
        assertThat(audit().contradictions()).containsExactly("player 1 has 1 more of gold than the ledger says");
    }

    /** Once merged, its rows are in one place; those of a segment that is only prepared do not count. */
    @Test
    void rowsOfASegmentThatIsNotSealedDoNotCount() throws IOException {
        seal();
        redis.hdel("{main}:segments", "moving");
        redis.hset("{main}:checkpoint:0", "1 gold", "100");
        redis.hdel("{main}:checkpoint:0", "1 gem");
        redis.del("{main}:checkpoint:mint:17");
        redis.hset("{main}:checkpoint:mint:17", Map.of("mint:starter gold", "-100", "mint:starter #", "-1"));
        redis.hset("{main}:sealing:0", "1 gold", "0");
        assertThat(audit().contradictions()).isEmpty();
    }

    @Test
    void aRowOfTheCheckpointThatWasChangedIsFound() throws IOException {
        seal();
        remove(2);
        redis.hset("{main}:checkpoint:#0", "#9", "1 sword");
        assertThat(audit().contradictions())
                .containsExactly(
                        "player 1 has 1 less of item 9 than the ledger says",
                        "player 2 has 1 more of item 9 than the ledger says");
        redis.hset("{main}:checkpoint:#0", "#9", "2 sword");
        redis.hset("{main}:sealing:0", "1 gold", "101");
        assertThat(audit().contradictions())
                .containsExactly(
                        "the checkpoint does not add up: gold 1", "player 1 has 1 less of gold than the ledger says");
        redis.hset("{main}:segments", "2", "rubbish");
        assertThatThrownBy(RedisAuditIT::audit)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("{main}:segments segment 2 is 'rubbish'");
    }

    /** Its outcome is remembered for longer than its entry; an entry that was never there is not excused. */
    @Test
    void aTradeWhoseEntryIsInTheArchiveIsNotMissing() throws IOException {
        String last = ids().get(2);
        post("trade:1-newest", "");
        redis.hset("{main}:segments", Map.of("1", segment(1, ids().get(0), last, 1_000), "newest", "1"));
        redis.hset("{main}:checkpoint:0", Map.of("1 gold", "70", "2 gold", "30"));
        redis.hset("{main}:checkpoint:#0", "#9", "1 sword");
        redis.hset("{main}:checkpoint:mint:17", Map.of("mint:starter gold", "-100", "mint:starter #", "-1"));
        booksThatAgreeWithWhatWasToldHold();
        remove(3);
        booksThatAgreeWithWhatWasToldHold();
        record("1001\n1 0 hall 7 ann 2 bob gold=30 #9");
        assertThat(audit().twice()).containsExactly(TOLD);
    }

    /** The first two entries, as two segments, of which the rows of the second are not merged yet. */
    private static void seal() {
        List<String> ids = ids();
        redis.hset(
                "{main}:segments",
                Map.of(
                        "1",
                        segment(1, ids.get(0), ids.get(0), 0),
                        "2",
                        segment(2, ids.get(1), ids.get(1), 0),
                        "newest",
                        "2",
                        "prepared",
                        "2 1",
                        "moving",
                        "1"));
        redis.hset("{main}:checkpoint:0", Map.of("1 gold", "90", "1 gem", "3"));
        redis.hset("{main}:checkpoint:#0", "#9", "2 sword");
        redis.hset(
                "{main}:checkpoint:mint:17",
                Map.of("mint:starter gold", "-90", "mint:starter gem", "-3", "mint:starter #", "-1"));
        redis.rpush("{main}:sealing", "0", "mint:17");
        redis.hset("{main}:sealing:0", Map.of("1 gold", "100", "1 gem", "0"));
        redis.hset("{main}:sealing:mint:17", Map.of("mint:starter gold", "-100", "mint:starter gem", "0"));
    }

    private static void remove(int entries) {
        List<String> oldest = ids().subList(0, entries);
        redis.xdel("{main}:entries", oldest.toArray(String[]::new));
        redis.hset("{main}:segments", "removed", oldest.get(entries - 1));
    }

    private static List<String> ids() {
        return redis.xrange("{main}:entries", Range.unbounded()).stream()
                .map(StreamMessage::getId)
                .toList();
    }

    private static String segment(int number, String first, String last, long newestMillis) {
        return number + " 00 1 " + first + " " + last + " " + newestMillis + " 5b 4 90 77 1f";
    }

    @Test
    void whatCannotBeReadIsOneLineThatSaysWhy() {
        assertThatThrownBy(() -> new RedisAudit(server.uri(), "nowhere").read(List.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no realm 'nowhere'");
        assertThatThrownBy(() -> new RedisAudit("redis://127.0.0.1:1", "main").read(List.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageContaining("connection refused");
        redis.del("{main}:entries");
        redis.set("{main}:entries", "foreign");
        assertThatThrownBy(RedisAuditIT::audit).isInstanceOf(IOException.class).hasMessageContaining("WRONGTYPE");
    }

    @Test
    void aWrongPasswordIsRefusedAndNotRepeated() {
        redis.configSet("requirepass", "right");
        try {
            String wrong = server.uri().replace("redis://", "redis://:mistyped@");
            assertThatThrownBy(() -> new RedisAudit(wrong, "main").read(List.of()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("WRONGPASS")
                    .hasMessageNotContaining("mistyped");
            assertThatThrownBy(RedisAuditIT::audit)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("NOAUTH");
        } finally {
            redis.configSet("requirepass", "");
        }
    }

    private static StoreAudit.Result audit() throws IOException {
        return new RedisAudit(server.uri(), "main").read(List.of(TOLD));
    }

    private static void record(String outcome) {
        redis.hset(OUTCOMES, "619365 " + TRADE, outcome);
    }

    private static void post(String id, String legs) {
        redis.xadd("{main}:entries", Map.of("id", id, "room", "", "fence", "", "at", "0", "legs", legs));
    }
}
