package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.UuidV7;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;

/** Trades that are meant to make goods out of nothing, or to make somebody else pay. */
class TradeAbuseIT {
    private static final UUID ID = TestIds.id(7_007);
    private static final Goods NOTHING = Goods.getDefaultInstance();

    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.rates.trades=500", "limits.rates.joins=100", "limits.refusals-max=1000");

    @Test
    void termsThatNobodyCanMeanAreRefused() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        tavern.client("ben", Tavern.HALL);
        tavern.client("carl", "elsewhere");
        assertThat(offered(anna, "anna", RawClient.gold(1))).isEqualTo(ErrorCode.TRADE_BAD_PARTNER);
        assertThat(offered(anna, "nobody", RawClient.gold(1))).isEqualTo(ErrorCode.TRADE_BAD_PARTNER);
        assertThat(offered(anna, "carl", RawClient.gold(1))).isEqualTo(ErrorCode.TRADE_BAD_PARTNER);
        assertThat(offered(anna, "x".repeat(10_000), RawClient.gold(1))).isEqualTo(ErrorCode.BAD_NAME);
        assertThat(offered(anna, "ben", NOTHING)).isEqualTo(ErrorCode.TRADE_BAD_GOODS);
        for (long count : new long[] {0, -1, Long.MIN_VALUE}) {
            assertThat(offered(anna, "ben", RawClient.gold(count))).isEqualTo(ErrorCode.TRADE_BAD_AMOUNT);
        }
        assertThat(offered(anna, "ben", RawClient.gold(1_001))).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
        assertThat(offered(anna, "ben", RawClient.gold(Long.MAX_VALUE))).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
        assertThat(offered(anna, "ben", RawClient.stacks(Map.of("a b", 1L)))).isEqualTo(ErrorCode.TRADE_BAD_GOODS);
        Stack gold = Stack.newBuilder().setKind("gold").setCount(1).build();
        Goods twice = Goods.newBuilder().addStacks(gold).addStacks(gold).build();
        assertThat(offered(anna, "ben", twice)).isEqualTo(ErrorCode.TRADE_BAD_GOODS);
        Goods sameItem = Goods.newBuilder().addItemIds(1).addItemIds(1).build();
        assertThat(offered(anna, "ben", sameItem)).isEqualTo(ErrorCode.TRADE_BAD_GOODS);
        Goods.Builder many = Goods.newBuilder();
        for (int id = 1; id <= 1_000; id++) {
            many.addItemIds(id);
        }
        assertThat(offered(anna, "ben", many.build())).isEqualTo(ErrorCode.TRADE_BAD_GOODS);
        assertThat(offered(anna, "ben", RawClient.item(-1))).isEqualTo(ErrorCode.TRADE_BAD_GOODS);
        int shortId = anna.send(Say.offer(ByteString.copyFromUtf8("short"), "ben", RawClient.gold(1), NOTHING));
        assertThat(anna.errorTo(shortId)).isEqualTo(ErrorCode.TRADE_BAD_ID);
    }

    /** P-57: a client cannot choose ids that lie anywhere but near the present. */
    @Test
    void idsOfAnotherTimeOrVersionAreRefused() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        long now = anna.welcome().getServerTimeMs();
        long day = TimeUnit.DAYS.toMillis(1);
        assertThat(refusal(anna, UuidV7.of(now - 7 * day - 1, 1))).isEqualTo(ErrorCode.TRADE_ID_TOO_OLD);
        assertThat(refusal(anna, UuidV7.of(0, 1))).isEqualTo(ErrorCode.TRADE_ID_TOO_OLD);
        assertThat(refusal(anna, UuidV7.of(now + day, 1))).isEqualTo(ErrorCode.TRADE_ID_TOO_NEW);
        assertThat(refusal(anna, UUID.randomUUID())).isEqualTo(ErrorCode.TRADE_BAD_ID);
        assertThat(refusal(anna, new UUID(0, 0))).isEqualTo(ErrorCode.TRADE_BAD_ID);
        open(anna, ben, UuidV7.of(now - 6 * day, 1));
        open(anna, ben, UuidV7.of(now + TimeUnit.MINUTES.toMillis(4), 1));
    }

    private static ErrorCode refusal(RawClient from, UUID id) throws Exception {
        return from.errorTo(from.offer(id, "ben", RawClient.gold(1), NOTHING));
    }

    @Test
    void goodsOfOthersCannotBeGiven() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        long bens = ben.firstItem();
        assertThat(offered(anna, "ben", RawClient.item(bens))).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
    }

    @Test
    void whatThePartnerHasNotGotIsToldToThePartnerOnly() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        assertThat(anna.answerTo(anna.offer(ID, "ben", RawClient.gold(1), RawClient.gold(5_000)))
                        .hasTradeOpened())
                .isTrue();
        ben.expect(ServerMessage::hasTradeOffered);
        assertThat(ben.errorTo(ben.accept(ID, "anna"))).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
        anna.send(Say.cancel(ID));
        assertThat(anna.tradeResult(ID).getOutcome()).isEqualTo(TradeOutcome.CANCELLED);
    }

    @Test
    void onlyThePartnerAcceptsAndOnlyTheProposerCancels() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        RawClient carl = tavern.client("carl", Tavern.HALL);
        open(anna, ben, ID);
        assertThat(carl.errorTo(carl.accept(ID, "anna"))).isEqualTo(ErrorCode.TRADE_NOT_FOUND);
        assertThat(carl.errorTo(carl.send(Say.decline(ID, "anna")))).isEqualTo(ErrorCode.TRADE_NOT_FOUND);
        assertThat(carl.errorTo(carl.send(Say.cancel(ID)))).isEqualTo(ErrorCode.TRADE_NOT_FOUND);
        assertThat(anna.errorTo(anna.accept(ID, "anna"))).isEqualTo(ErrorCode.TRADE_NOT_FOUND);
        assertThat(ben.errorTo(ben.accept(ID, "nobody"))).isEqualTo(ErrorCode.TRADE_NOT_FOUND);
        assertThat(ben.answerTo(ben.accept(ID, "anna")).getTradeResult().getOutcome())
                .isEqualTo(TradeOutcome.COMMITTED);
    }

    @Test
    @With("game.offer-seconds=1")
    void anExpiredOfferCannotBeAccepted() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        open(anna, ben, ID);
        assertThat(anna.tradeResult(ID).getOutcome()).isEqualTo(TradeOutcome.EXPIRED);
        assertThat(ben.answerTo(ben.accept(ID, "anna")).getTradeResult().getOutcome())
                .isEqualTo(TradeOutcome.EXPIRED);
    }

    @Test
    void anIdIsGoodForOneTradeOfOnePlayer() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        open(anna, ben, ID);
        int other = anna.offer(ID, "ben", RawClient.gold(2), NOTHING);
        assertThat(anna.errorTo(other)).isEqualTo(ErrorCode.TRADE_ID_REUSED);
        ben.accept(ID, "anna");
        assertThat(anna.tradeResult(ID).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(anna.errorTo(anna.offer(ID, "ben", RawClient.gold(2), NOTHING)))
                .isEqualTo(ErrorCode.TRADE_ID_REUSED);
        assertThat(anna.answerTo(anna.offer(ID, "ben", RawClient.gold(10), NOTHING))
                        .getTradeResult()
                        .getOutcome())
                .isEqualTo(TradeOutcome.COMMITTED);
        // A trade of another player is another trade, although the number is the same.
        open(ben, anna, ID);
    }

    /** P-54: which contents are the same. */
    @Test
    void theOrderOfGoodsIsNoDifferenceAndHowMuchOfThemIs() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        tavern.client("ben", Tavern.HALL);
        Stack gold = Stack.newBuilder().setKind("gold").setCount(1).build();
        Stack potion = Stack.newBuilder().setKind("potion").setCount(2).build();
        Goods one = Goods.newBuilder().addStacks(gold).addStacks(potion).build();
        Goods other = Goods.newBuilder().addStacks(potion).addStacks(gold).build();
        assertThat(anna.answerTo(anna.offer(ID, "ben", one, NOTHING)).hasTradeOpened())
                .isTrue();
        TradeOffer withoutWant = TradeOffer.newBuilder()
                .setTradeId(RawClient.bytes(ID))
                .setTo("ben")
                .setGive(other)
                .build();
        int again = anna.send(ClientMessage.newBuilder().setTradeOffer(withoutWant));
        assertThat(anna.answerTo(again).hasTradeOpened()).isTrue();
        Goods more =
                other.toBuilder().setStacks(1, gold.toBuilder().setCount(2)).build();
        assertThat(anna.errorTo(anna.offer(ID, "ben", more, NOTHING))).isEqualTo(ErrorCode.TRADE_ID_REUSED);
        // P-52: an outcome that is asked for again comes without a change.
        anna.answerTo(anna.send(Say.cancel(ID)));
        assertThat(anna.answerTo(anna.send(Say.cancel(ID))).getTradeResult().hasChange())
                .isFalse();
    }

    @Test
    void acceptAndCancelAtOnceHaveOneOutcomeForBoth() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        for (int i = 0; i < 50; i++) {
            UUID id = TestIds.id(50_000 + i);
            open(anna, ben, id);
            if (i % 2 == 0) {
                ben.accept(id, "anna");
                anna.send(Say.cancel(id));
            } else {
                anna.send(Say.cancel(id));
                ben.accept(id, "anna");
            }
            assertThat(anna.tradeResult(id).getOutcome())
                    .isEqualTo(ben.tradeResult(id).getOutcome());
        }
    }

    @Test
    void aSecondAcceptGetsTheSameOutcomeAndMovesNothing() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        open(anna, ben, ID);
        int first = ben.accept(ID, "anna");
        int second = ben.accept(ID, "anna");
        assertThat(ben.answerTo(first).getTradeResult().getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(ben.answerTo(second).getTradeResult().getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(gold(tavern.client("ben"))).isEqualTo(1_010);
    }

    @Test
    void whoLeavesOrDropsBetweenOfferAndAcceptEndsTheOffer() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        open(anna, ben, ID);
        anna.leave();
        assertThat(ben.tradeResult(ID).getOutcome()).isEqualTo(TradeOutcome.CANCELLED);
        assertThat(anna.tradeResult(ID).getOutcome()).isEqualTo(TradeOutcome.CANCELLED);
        anna.join(Tavern.HALL);
        UUID dropped = TestIds.id(7_008);
        open(anna, ben, dropped);
        ben.cut();
        // The session is kept for a second; then its player leaves, and the offer ends.
        assertThat(anna.tradeResult(dropped).getOutcome()).isEqualTo(TradeOutcome.CANCELLED);
    }

    @Test
    @With("limits.resume-seconds=30")
    void aResultThatCameWhileTheConnectionWasLostIsToldAtTheResume() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        open(anna, ben, ID);
        anna.cut();
        ben.accept(ID, "anna");
        assertThat(ben.tradeResult(ID).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
        RawClient again = tavern.resumed(anna);
        assertThat(again.welcome().getResumed()).isTrue();
        assertThat(again.tradeResult(ID).getOutcome()).isEqualTo(TradeOutcome.COMMITTED);
    }

    @Test
    void offersAreBoundedForEachPlayer() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        for (int i = 0; i < 8; i++) {
            open(anna, ben, TestIds.id(1_000 + i));
        }
        int oneTooMany = anna.offer(TestIds.id(1_009), "ben", RawClient.gold(1), NOTHING);
        assertThat(anna.errorTo(oneTooMany)).isEqualTo(ErrorCode.TRADE_TOO_MANY);
    }

    private static ErrorCode offered(RawClient from, String to, Goods give) throws Exception {
        return from.errorTo(from.offer(TestIds.fresh(), to, give, NOTHING));
    }

    private static void open(RawClient from, RawClient to, UUID id) throws Exception {
        int asked = from.offer(id, to.welcome().getPlayer(), RawClient.gold(10), NOTHING);
        assertThat(from.answerTo(asked).hasTradeOpened()).isTrue();
        to.expect(message -> message.hasTradeOffered()
                && message.getTradeOffered().getTradeId().equals(RawClient.bytes(id)));
    }

    private static long gold(RawClient client) {
        return client.inventory().getStacksList().stream()
                .filter(stack -> stack.getKind().equals("gold"))
                .mapToLong(Stack::getCount)
                .sum();
    }
}
