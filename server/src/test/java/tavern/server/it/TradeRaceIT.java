package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOutcome;

/** Trades race with leaves, with lost connections, and with each other: each has one outcome, the same for both players. */
class TradeRaceIT {
    private static final Goods NOTHING = Goods.getDefaultInstance();
    private static final int ROUNDS = 30;

    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.rates.trades=1000", "limits.rates.joins=1000", "limits.resume-seconds=30")
            .settings(this::settings);

    /** Further settings that differ from the defaults, each {@code key=value}. */
    String[] settings() {
        return new String[0];
    }

    @Test
    void acceptingAndLeavingAtOnceHaveOneOutcomeForBoth() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        for (int i = 0; i < ROUNDS; i++) {
            UUID id = TestIds.id(60_000 + i);
            open(anna, ben, id, NOTHING);
            RawClient leaver = i % 3 == 0 ? ben : anna;
            ben.accept(id, "anna");
            int left = leaver.leave();
            TradeOutcome annas = anna.tradeResult(id).getOutcome();
            TradeOutcome bens = ben.tradeResult(id).getOutcome();
            assertThat(annas).as("round %d", i).isEqualTo(bens).isIn(TradeOutcome.COMMITTED, TradeOutcome.CANCELLED);
            awaitLeft(leaver, left);
            leaver.join(Tavern.HALL);
            assertThat(outcomeOfRepeat(anna, id)).isEqualTo(annas);
        }
    }

    @Test
    void whatIsUnderWayWhenItsPlayerLeavesIsNeverAnsweredAsNotDone() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        for (int i = 0; i < ROUNDS / 3; i++) {
            UUID id = TestIds.id(69_000 + i);
            boolean isAccept = i % 2 == 0;
            RawClient leaver = isAccept ? ben : anna;
            open(anna, ben, id, NOTHING);
            int asked = leaver.seq() + 1;
            leaver.sendBytes(Say.concat(
                    Say.frame(asked, isAccept ? Say.accept(id, "anna") : Say.cancel(id)),
                    Say.frame(asked + 1, Say.leave())));
            leaver.seq(asked + 1);
            ServerMessage answer = leaver.answerTo(asked);
            if (answer.hasError()) {
                assertThat(answer.getError().getCode()).as("round %d", i).isEqualTo(ErrorCode.UNAVAILABLE);
                assertThat(leaver.tradeResult(id).getOutcome()).isEqualTo(outcome(isAccept));
            } else {
                assertThat(answer.getTradeResult().getOutcome()).isEqualTo(outcome(isAccept));
            }
            awaitLeft(leaver, asked + 1);
            (isAccept ? anna : ben).tradeResult(id);
            leaver.join(Tavern.HALL);
        }
    }

    private static TradeOutcome outcome(boolean isAccept) {
        return isAccept ? TradeOutcome.COMMITTED : TradeOutcome.CANCELLED;
    }

    private static void awaitLeft(RawClient leaver, int asked) throws Exception {
        boolean known = leaver.skipped().stream().anyMatch(message -> message.getReplyTo() == asked);
        if (!known) {
            leaver.answerTo(asked);
        }
    }

    @Test
    void acceptingAndDroppingOutAtOnceHaveOneOutcomeForBothAlsoAfterTheResume() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        for (int i = 0; i < ROUNDS; i++) {
            UUID id = TestIds.id(61_000 + i);
            open(anna, ben, id, NOTHING);
            ben.accept(id, "anna");
            if (i % 2 == 0) {
                anna.cut();
                anna = tavern.resumed(anna);
            } else {
                ben.cut();
                ben = tavern.resumed(ben);
                // Whether the accept arrived is not known, and asking again is safe.
                ben.accept(id, "anna");
            }
            TradeOutcome annas = anna.tradeResult(id).getOutcome();
            assertThat(ben.tradeResult(id).getOutcome()).as("round %d", i).isEqualTo(annas);
            assertThat(annas).isEqualTo(TradeOutcome.COMMITTED);
        }
    }

    @Test
    void anItemThatIsOfferedTwiceIsGivenOnce() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        RawClient carl = tavern.client("carl", Tavern.HALL);
        long sword = anna.firstItem();
        UUID first = TestIds.id(62_001);
        UUID second = TestIds.id(62_002);
        offer(anna, ben, first, RawClient.item(sword));
        offer(anna, carl, second, RawClient.item(sword));
        ben.accept(first, "anna");
        carl.accept(second, "anna");
        // A request that came too late is refused, or the end of the offer answers it.
        TradeOutcome bens = ended(ben);
        TradeOutcome carls = ended(carl);
        assertThat(List.of(bens, carls)).containsOnlyOnce(TradeOutcome.COMMITTED);
        assertThat(List.of(ended(anna), ended(anna)))
                .containsExactlyInAnyOrder(TradeOutcome.COMMITTED, TradeOutcome.CANCELLED);
    }

    private static TradeOutcome ended(RawClient client) throws Exception {
        return client.expect(message -> message.hasError() || message.hasTradeResult())
                .getTradeResult()
                .getOutcome();
    }

    @Test
    @With("game.starter-kit.stacks.gold=9223372036854775807")
    void noCountGrowsBeyondWhatItCanHold() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        UUID id = TestIds.id(63_001);
        offer(anna, ben, id, RawClient.gold(1));
        assertThat(ben.errorTo(ben.accept(id, "anna"))).isEqualTo(ErrorCode.TRADE_BAD_AMOUNT);
        ben.send(Say.decline(id, "anna"));
        assertThat(anna.tradeResult(id).getOutcome()).isEqualTo(TradeOutcome.DECLINED);
        UUID swap = TestIds.id(63_002);
        open(anna, ben, swap, RawClient.gold(10));
        ben.accept(swap, "anna");
        ben.tradeResult(swap);
        assertThat(ben.inventory().getStacksList()).contains(stack("gold", Long.MAX_VALUE));
    }

    private static Stack stack(String kind, long count) {
        return Stack.newBuilder().setKind(kind).setCount(count).build();
    }

    private static TradeOutcome outcomeOfRepeat(RawClient anna, UUID id) throws Exception {
        int repeat = anna.offer(id, "ben", RawClient.gold(10), NOTHING);
        return anna.answerTo(repeat).getTradeResult().getOutcome();
    }

    private static void open(RawClient from, RawClient to, UUID id, Goods want) throws Exception {
        opened(from, to, id, from.offer(id, to.welcome().getPlayer(), RawClient.gold(10), want));
    }

    private static void offer(RawClient from, RawClient to, UUID id, Goods give) throws Exception {
        opened(from, to, id, from.offer(id, to.welcome().getPlayer(), give, NOTHING));
    }

    private static void opened(RawClient from, RawClient to, UUID id, int asked) throws Exception {
        assertThat(from.answerTo(asked).hasTradeOpened()).isTrue();
        to.expect(message -> message.hasTradeOffered()
                && message.getTradeOffered().getTradeId().equals(RawClient.bytes(id)));
    }
}
