package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.services.RedisProcess;

/** The auditor that the other tests use finds every kind of fault. */
class RedisBooksAuditorIT {
    @TempDir
    static Path processes;

    private static RedisProcess process;
    private static RedisClient client;
    private static StatefulRedisConnection<String, String> connection;

    @TempDir
    Path folder;

    private final List<Deal> deals = new ArrayList<>();
    private RedisCommands<String, String> redis;

    @BeforeAll
    static void startRedis() throws Exception {
        process = RedisProcess.start(processes);
        client = RedisClient.create(process.uri());
        connection = client.connect();
    }

    @AfterAll
    static void stopRedis() throws Exception {
        client.shutdown();
        process.close();
    }

    /** Anna is player 1, ben is player 2. */
    @BeforeEach
    void trade() throws Exception {
        redis = connection.sync();
        redis.flushall();
        String[] settings = {
            "store.kind=redis",
            "store.redis.uri=" + process.uri(),
            // A busy machine may keep an answer waiting.
            "store.redis.command-timeout-millis=5000"
        };
        try (TestServer server = TestServer.start(folder, settings);
                RawClient anna = server.client("anna", "hall");
                RawClient ben = server.client("ben", "hall")) {
            long sword = ben.firstItem();
            commit(anna, ben, RawClient.gold(5), RawClient.item(sword));
            commit(anna, ben, RawClient.gold(7), RawClient.gold(3));
        }
    }

    private void commit(RawClient anna, RawClient ben, Goods give, Goods want) throws Exception {
        Deal deal = new Deal(TestIds.fresh(), "anna", "ben", give, want);
        anna.offer(deal.id(), "ben", give, want);
        ben.expect(ServerMessage::hasTradeOffered);
        TradeOutcome told =
                ben.answerTo(ben.accept(deal.id(), "anna")).getTradeResult().getOutcome();
        assertThat(told).isEqualTo(TradeOutcome.COMMITTED);
        deal.tell("ben", told);
        deals.add(deal);
    }

    /** Where the outcome of this trade is, and under which field. */
    private String[] home(Deal deal) {
        for (String home : redis.keys("{main}:outcomes*")) {
            for (String field : redis.hkeys(home)) {
                if (field.endsWith(deal.id().toString())) {
                    return new String[] {home, field};
                }
            }
        }
        throw new AssertionError("no outcome of " + deal);
    }

    private List<String> audit() {
        return new RedisBooksAuditor(redis, "main").audit(deals);
    }

    @Test
    void nothingIsFoundWhereNothingIsWrong() {
        assertThat(audit()).isEmpty();
    }

    @Test
    void goldOutOfNothingIsFound() {
        redis.hincrby("{main}:player:1", "s:gold", 1);
        assertThat(audit()).singleElement().asString().startsWith("anna owns");
    }

    @Test
    void aForgedOwnerIsFound() {
        redis.hset("{main}:player:2", "i:1", "sword");
        assertThat(audit()).anyMatch(line -> line.startsWith("item i:1 is owned by"));
    }

    @Test
    void aChangeThatLeftNoRowIsFound() {
        redis.hincrby("{main}:player:1", "version", 1);
        assertThat(audit()).singleElement().asString().startsWith("anna has 3 rows");
    }

    @Test
    void aLostTradeIsFound() {
        String[] home = home(deals.get(0));
        redis.hdel(home[0], home[1]);
        assertThat(audit())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("acknowledged trade is stored as null"))
                .anyMatch(line -> line.startsWith("goods moved without a committed trade"));
    }

    @Test
    void aTradeWithAnotherOutcomeIsFound() {
        String[] home = home(deals.get(0));
        String record = redis.hget(home[0], home[1]);
        redis.hset(home[0], home[1], record.replace("\n1 ", "\n5 "));
        assertThat(audit())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("acknowledged trade is stored as FAILED"))
                .anyMatch(line -> line.startsWith("goods moved without a committed trade"));
    }

    @Test
    void aTradeWithOtherTermsIsFound() {
        String[] home = home(deals.get(0));
        String record = redis.hget(home[0], home[1]);
        redis.hset(home[0], home[1], record.replace("gold=5", "gold=6"));
        assertThat(audit())
                .anyMatch(line -> line.startsWith("stored with other terms"))
                .anyMatch(line -> line.startsWith("committed trade moved other goods"));
    }

    @Test
    void aRowThatWasLostAndOneThatIsThereTwiceAreFound() {
        var last = redis.xrevrange("{main}:entries", Range.unbounded()).get(0);
        redis.xadd("{main}:entries", last.getBody());
        assertThat(audit()).anyMatch(line -> line.startsWith("goods moved twice"));
        redis.xdel("{main}:entries", last.getId());
        assertThat(audit()).isEmpty();
        redis.xtrim("{main}:entries", 0);
        assertThat(audit()).anyMatch(line -> line.startsWith("committed trade moved other goods or nothing"));
    }

    @Test
    void aTradeThatNobodyTriedIsFound() {
        deals.remove(0);
        assertThat(audit()).singleElement().asString().startsWith("committed, but nobody tried it");
    }

    @Test
    void anOutboxRowWithoutATradeIsFound() {
        redis.xadd("{main}:outbox", Map.of("id", "1-" + UUID.randomUUID()));
        assertThat(audit()).singleElement().asString().startsWith("to be published, but not committed");
    }
}
