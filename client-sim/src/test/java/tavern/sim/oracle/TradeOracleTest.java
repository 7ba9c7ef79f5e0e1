package tavern.sim.oracle;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOffered;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TradeResult;

class TradeOracleTest {
    private static final int ANN = 0;
    private static final int BOB = 1;
    private static final int CARL = 2;
    private static final ByteString ID = ByteString.copyFrom(new byte[16]);

    private final Tally tally = new Tally();
    private final TradeOracle trades = new TradeOracle(List.of("ann", "bob", "carl"), tally);

    @Test
    void aTradeThatBothWereToldOfAlikeHolds() {
        Trade trade = opened();
        trades.accepting(trade, 1_000);
        assertThat(told(BOB, TradeOutcome.COMMITTED, 1_700)).isEqualTo(700);
        assertThat(trades.isSettled()).isFalse();
        assertThat(told(ANN, TradeOutcome.COMMITTED, 1_800)).isEqualTo(-1);
        assertThat(trades.isSettled()).isTrue();
        faults();
        assertThat(tally.get(Count.TRADES_COMMITTED)).isEqualTo(1);
    }

    @Test
    void twoOutcomesOfOneTradeContradictEachOther() {
        trades.accepting(opened(), 1);
        told(BOB, TradeOutcome.COMMITTED, 0);
        told(ANN, TradeOutcome.CANCELLED, 0);
        faults(Count.TRADES_CONTRADICTED);
    }

    @Test
    void aCommitThatNobodyAcceptedIsForged() {
        opened();
        told(ANN, TradeOutcome.COMMITTED, 0);
        told(BOB, TradeOutcome.COMMITTED, 0);
        assertThat(tally.get(Count.TRADES_FORGED)).isPositive();
    }

    @Test
    void anOfferWithOtherTermsOrToAnotherIsForged() {
        trades.offered(ANN, BOB, offer(5));
        assertThat(trades.offerArrived(BOB, offered("ann", 6))).isNull();
        assertThat(trades.offerArrived(CARL, offered("ann", 5))).isNull();
        assertThat(trades.offerArrived(BOB, offered("carl", 5))).isNull();
        assertThat(tally.get(Count.TRADES_FORGED)).isEqualTo(3);
    }

    @Test
    void aResultForSomebodyElseIsForged() {
        opened();
        told(CARL, TradeOutcome.CANCELLED, 0);
        assertThat(tally.get(Count.TRADES_FORGED)).isEqualTo(1);
    }

    @Test
    void anOfferOfAStrangerIsNot() {
        assertThat(trades.offerArrived(BOB, offered("dora", 5))).isNull();
        assertThat(tally.get(Count.FOREIGN)).isEqualTo(1);
        faults();
    }

    @Test
    void whoIsNotToldMissesIt() {
        opened();
        told(ANN, TradeOutcome.CANCELLED, 0);
        assertThat(trades.isSettled()).isFalse();
        faults(Count.TRADES_UNTOLD);
    }

    @Test
    void whoseSessionEndedNeedNotBeTold() {
        opened();
        trades.sessionLost(BOB);
        told(ANN, TradeOutcome.CANCELLED, 0);
        faults();
    }

    @Test
    void aTradeThatNeverEndsIsAFault() {
        opened();
        faults(Count.TRADES_UNSETTLED);
    }

    @Test
    void aRefusedOfferThatEndsAllTheSameIsForged() {
        trades.refused(opened());
        assertThat(trades.isSettled()).isTrue();
        told(ANN, TradeOutcome.DECLINED, 0);
        faults(Count.TRADES_FORGED);
    }

    private Trade opened() {
        trades.offered(ANN, BOB, offer(5));
        return requireNonNull(trades.offerArrived(BOB, offered("ann", 5)));
    }

    private static TradeOffer offer(long gold) {
        return TradeOffer.newBuilder()
                .setTradeId(ID)
                .setTo("bob")
                .setGive(gold(gold))
                .build();
    }

    private static TradeOffered offered(String from, long gold) {
        return TradeOffered.newBuilder()
                .setTradeId(ID)
                .setFrom(from)
                .setGive(gold(gold))
                .build();
    }

    private static Goods gold(long count) {
        return Goods.newBuilder()
                .addStacks(Stack.newBuilder().setKind("gold").setCount(count))
                .build();
    }

    private long told(int member, TradeOutcome outcome, long nowNanos) {
        TradeResult result = TradeResult.newBuilder()
                .setTradeId(ID)
                .setFrom("ann")
                .setTo("bob")
                .setOutcome(outcome)
                .build();
        return trades.told(member, result, nowNanos);
    }

    private void faults(Count... expected) {
        trades.finish();
        assertThat(Arrays.stream(Count.values()).filter(count -> count.isFault() && tally.get(count) > 0))
                .containsExactlyInAnyOrder(expected);
    }
}
