package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TradeResult;
import tavern.server.TavernServer;
import tavern.server.config.TavernConfig;
import tavern.server.services.FairTime;
import tavern.server.store.embedded.EmbeddedStore;

/** The store does not answer for a while: trades wait, play goes on, and all comes back by itself. */
@Timeout(120)
class SilentStoreIT {
    private static final Duration TOLD_WITHIN = Duration.ofSeconds(3);

    /** What waited for the store would take a second at least. */
    private static final Duration CHAT_WITHIN = Duration.ofMillis(900);

    private static final int TRADES = 4;

    private final long seed = Long.getLong("tavern.test.seed", new Random().nextLong());
    private final List<Deal> deals = new ArrayList<>();

    @TempDir
    Path folder;

    private HangingStore store;
    private TavernServer server;
    private RawClient anna;
    private RawClient ben;

    @BeforeEach
    void start() throws Exception {
        TavernConfig config = TestServer.config(folder);
        store = new HangingStore(EmbeddedStore.open(config.store()), seed);
        server = TavernServer.start(config, store.store());
        anna = new RawClient(server.address());
        ben = new RawClient(server.address());
        anna.login("anna");
        ben.login("ben");
        anna.join("hall");
    }

    @AfterEach
    void stop() throws Exception {
        store.answerAgain();
        anna.close();
        ben.close();
        server.close();
        assertThat(new EmbeddedBooksAuditor(folder).audit(deals))
                .as("seed %s", seed)
                .isEmpty();
    }

    @Test
    void acceptedTradesAreAnsweredUnavailableAndEndOnceWhenTheStoreIsBack() throws Exception {
        ben.join("hall");
        for (int i = 0; i < TRADES; i++) {
            openOffer(RawClient.gold(1 + i));
        }
        store.hang();
        long asked = FairTime.nanos();
        for (Deal deal : deals) {
            int accept = ben.accept(deal.id(), "anna");
            expectUnavailable(ben.answerTo(accept));
        }
        assertThat(since(asked)).isLessThan(TOLD_WITHIN.multipliedBy(TRADES));
        store.answerAgain();
        for (int i = 0; i < TRADES; i++) {
            hearResult(ben, "ben");
            hearResult(anna, "anna");
        }
        assertThat(deals).allMatch(deal -> deal.outcome() == TradeOutcome.COMMITTED);
        Deal repeated = deals.get(0);
        int repeat = anna.offer(repeated.id(), "ben", repeated.give(), repeated.want());
        assertThat(anna.answerTo(repeat).getTradeResult().getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(goldOfAnna()).isEqualTo(1_000 - (1 + 2 + 3 + 4));
    }

    @Test
    void newOffersAreAnsweredUnavailableAndWorkWhenTheStoreIsBack() throws Exception {
        ben.join("hall");
        store.hang();
        UUID id = TestIds.fresh();
        long asked = FairTime.nanos();
        expectUnavailable(anna.answerTo(anna.offer(id, "ben", RawClient.gold(1), RawClient.gold(2))));
        assertThat(since(asked)).isLessThan(TOLD_WITHIN);
        store.answerAgain();
        assertThat(anna.answerTo(anna.offer(id, "ben", RawClient.gold(1), RawClient.gold(2)))
                        .hasTradeOpened())
                .isTrue();
    }

    @Test
    void movesAndChatGoOn() throws Exception {
        Joined joined = ben.join("hall");
        openOffer(RawClient.gold(1));
        store.hang();
        int accept = ben.accept(deals.get(0).id(), "anna");
        var self = joined.getState().getEntitiesList().stream()
                .filter(entity -> entity.getId() == joined.getSelf())
                .findFirst()
                .orElseThrow();
        for (int i = 1; i <= 3; i++) {
            long sent = FairTime.nanos();
            int chat = ben.chat("still here " + i);
            anna.expect(message -> message.getChat().getClientSeq() == chat);
            int move = ben.move(self.getX() + (self.getX() > 10 ? -i : i), self.getY());
            anna.expect(message -> message.hasSnapshot()
                    && message.getSnapshot().getIdsList().contains(joined.getSelf())
                    && message.getSnapshot().getSeqsCount() > 0);
            assertThat(since(sent)).as("move %s", move).isLessThan(CHAT_WITHIN);
        }
        expectUnavailable(ben.answerTo(accept));
        store.answerAgain();
        hearResult(ben, "ben");
    }

    @Test
    void aJoinIsAnsweredAndCanBeTriedAgain() throws Exception {
        try (RawClient carl = new RawClient(server.address())) {
            carl.login("carl");
            store.hang();
            int open = ben.send(Say.join("hall"));
            int closed = carl.send(Say.join("cellar"));
            expectUnavailable(ben.answerTo(open));
            expectUnavailable(carl.answerTo(closed));
            store.answerAgain();
            assertThat(ben.join("hall").getState().getEntitiesCount()).isEqualTo(2);
            assertThat(carl.join("cellar").getState().getEntitiesCount()).isEqualTo(1);
        }
    }

    @Test
    void aTradeEndsThoughBothPlayersHaveLeft() throws Exception {
        ben.join("hall");
        openOffer(RawClient.gold(1));
        store.hang();
        expectUnavailable(ben.answerTo(ben.accept(deals.get(0).id(), "anna")));
        anna.answerTo(anna.leave());
        ben.answerTo(ben.leave());
        store.failAndAnswerAgain();
        hearResult(ben, "ben");
        hearResult(anna, "anna");
        assertThat(deals.get(0).outcome()).isEqualTo(TradeOutcome.COMMITTED);
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(FairTime.nanos() - nanos);
    }

    private void openOffer(Goods give) throws Exception {
        Deal deal = new Deal(TestIds.fresh(), "anna", "ben", give, RawClient.stacks(Map.of("potion", 1L)));
        deals.add(deal);
        assertThat(anna.answerTo(anna.offer(deal.id(), "ben", give, deal.want()))
                        .hasTradeOpened())
                .isTrue();
        ben.expect(ServerMessage::hasTradeOffered);
    }

    private void hearResult(RawClient client, String player) throws Exception {
        TradeResult result = client.expect(ServerMessage::hasTradeResult).getTradeResult();
        deals.stream()
                .filter(deal -> RawClient.bytes(deal.id()).equals(result.getTradeId()))
                .findFirst()
                .orElseThrow()
                .tell(player, result.getOutcome());
    }

    private long goldOfAnna() throws Exception {
        anna.close();
        anna = new RawClient(server.address());
        anna.login("anna");
        return ToldHoldings.of(anna.inventory()).stacks().getOrDefault("gold", 0L);
    }

    private void expectUnavailable(ServerMessage answer) {
        assertThat(answer.getError().getCode()).as("seed %s: %s", seed, answer).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(answer.getError().getRetryAfterMs()).isPositive();
    }
}
