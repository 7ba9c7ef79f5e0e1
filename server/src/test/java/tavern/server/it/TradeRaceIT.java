package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOutcome;

/** Trades that race with leaving, with dropping out, with each other: one final outcome, the same for both. */
class TradeRaceIT {
    private static final Goods NOTHING = Goods.getDefaultInstance();
    private static final int ROUNDS = 30;

    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.rates.trades=1000", "limits.rates.joins=1000", "limits.resume-seconds=10")
            .settings(this::settings);

    /** What else differs from the default. */
    String[] settings() {
        return new String[0];
    }

    @Test
    void acceptingAndLeavingAtOnceHaveOneOutcomeForBoth() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        RawClient ben = tavern.client("ben", Tavern.HALL);
        for (int i = 0; i < ROUNDS; i++) {
            UUID id = new UUID(60, i);
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
            UUID id = new UUID(61, i);
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
        long sword = anna.welcome().getInventory().getItems(0).getId();
        UUID first = new UUID(62, 1);
        UUID second = new UUID(62, 2);
        offer(anna, ben, first, RawClient.item(sword));
        offer(anna, carl, second, RawClient.item(sword));
        ben.accept(first, "anna");
        carl.accept(second, "anna");
        // Whoever came too late learns so as the answer, or by the end of the offer.
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
        UUID id = new UUID(63, 1);
        offer(anna, ben, id, RawClient.gold(1));
        assertThat(ben.errorTo(ben.accept(id, "anna"))).isEqualTo(ErrorCode.TRADE_BAD_AMOUNT);
        ben.send(Say.decline(id, "anna"));
        assertThat(anna.tradeResult(id).getOutcome()).isEqualTo(TradeOutcome.DECLINED);
        UUID swap = new UUID(63, 2);
        open(anna, ben, swap, RawClient.gold(10));
        ben.accept(swap, "anna");
        Inventory after = ben.tradeResult(swap).getInventory();
        assertThat(after.getStacksList()).contains(stack("gold", Long.MAX_VALUE));
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
