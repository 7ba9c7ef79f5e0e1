package tavern.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.game.Turn;
import tavern.protocol.v1.ErrorCode;
import tavern.testkit.dice.DiceMove;
import tavern.testkit.dice.DiceState;
import tavern.testkit.dice.DiceTold;

final class GameTestTest {
    private final GameTest<DiceState, DiceMove, DiceTold> t =
            GameTest.of(DiceGame.type(new DiceGame()), DiceTold.parser()).seed(7);

    private static DiceMove stake(long gold) {
        return DiceMove.newBuilder().setStake(gold).build();
    }

    private static DiceMove buy() {
        return DiceMove.newBuilder().setBuy(true).build();
    }

    @Test
    void playersPlayAndTimePasses() {
        t.players("ann", "ben");
        t.says("ann", stake(10));
        t.says("ben", stake(20));
        assertThat(t.goods("ann").count("gold")).isEqualTo(90);
        assertThat(t.goods(DiceGame.TABLE).count("gold")).isEqualTo(30);
        assertThat(t.state().getPot()).isEqualTo(30);
        assertThat(t.view("ann").getPot()).isEqualTo(30);
        t.passes(Duration.ofMillis(4_999));
        assertThat(t.state().getRounds()).isZero();
        t.passes(Duration.ofMillis(1));
        assertThat(t.state().getRounds()).isEqualTo(1);
        assertThat(t.goods("ann").count("gold") + t.goods("ben").count("gold")).isEqualTo(200);
        String winner = t.told("ben").get(t.told("ben").size() - 1).getWinner();
        assertThat(t.goods(winner).count("gold")).isEqualTo(winner.equals("ann") ? 120 : 110);
        assertThat(t.goods(winner).value("wins")).isNotEmpty();
    }

    @Test
    void answersAreRemembered() {
        t.players("ann");
        t.says("ann", stake(1_000));
        assertThat(t.answer("ann")).isEqualTo(new Answer(ErrorCode.BAD_VALUE, "you do not have that"));
        t.says("ann", buy());
        assertThat(t.answer("ann")).isEqualTo(Answer.DONE);
        assertThat(t.goods("ann").owns("hat")).isTrue();
        assertThat(t.goods("ann").items()).hasSize(1);
        assertThat(t.signalled("shop")).hasSize(1);
    }

    @Test
    void nothingIsToldWhileTheStoreIsSilent() {
        t.players("ann", "ben");
        t.forget();
        t.store().silentFor(2);
        t.says("ann", stake(10));
        t.says("ann", stake(10));
        assertThat(t.answer("ann")).isNull();
        assertThat(t.told("ben")).isEmpty();
        assertThat(t.goods("ann").count("gold")).isEqualTo(100);
        t.store().answers();
        assertThat(t.told("ben")).extracting(DiceTold::getPot).containsExactly(10L, 20L);
        assertThat(t.answer("ann")).isEqualTo(Answer.DONE);
    }

    @Test
    void aCrashLosesWhatNobodyHasHeardOf() {
        t.players("ann", "ben");
        t.store().silentFor(5);
        t.asks("ann", 1, stake(10));
        t.asks("ann", 2, stake(10));
        t.crash(1);
        assertThat(t.isIn("ann")).isFalse();
        assertThat(t.state().getPot()).isEqualTo(10);
        t.joins("ann");
        t.asks("ann", 1, stake(10));
        assertThat(t.answer("ann")).isEqualTo(Answer.DONE);
        assertThat(t.state().getPot()).isEqualTo(10);
        t.asks("ann", 2, stake(10));
        assertThat(t.state().getPot()).isEqualTo(20);
    }

    @Test
    void theStoreRefuses() {
        t.players("ann");
        t.store().refuseNext();
        t.says("ann", stake(10));
        assertThat(t.answer("ann")).extracting(Answer::code).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
        assertThat(t.state().getPot()).isZero();
    }

    @Test
    void spectatorsAreToldAndCannotAct() {
        t.players("ann");
        assertThat(t.joins("sam", ByteString.copyFromUtf8("watch")).isDone()).isTrue();
        assertThat(t.joins("eve", ByteString.copyFromUtf8("x")).code()).isEqualTo(ErrorCode.NOT_ALLOWED);
        t.says("ann", stake(5));
        t.says("sam", stake(5));
        assertThat(t.told("sam")).hasSize(1);
        assertThat(t.answer("sam")).extracting(Answer::code).isEqualTo(ErrorCode.NOT_ALLOWED);
        assertThat(t.view("sam").getWinner()).isEqualTo("?");
    }

    @Test
    void goodsAreGranted() {
        t.players("ann");
        t.grant("ann", "gold", 5);
        t.says("ann", stake(105));
        assertThat(t.state().getPot()).isEqualTo(105);
    }

    @Test
    void whoLeavesOrIsCutOffIsTold() {
        t.players("ann", "ben");
        t.cut("ben");
        t.says("ann", stake(5));
        t.returns("ben");
        assertThat(t.told("ben")).hasSize(2);
        t.leaves("ben");
        assertThat(t.state().getNewest()).isEqualTo(t.now());
        assertThatThrownBy(() -> t.leaves("ben")).hasMessage("ben is not in the room");
    }

    @Test
    void signalsArrive() {
        t.players("ann");
        t.forget();
        t.signals("other", ByteString.copyFromUtf8("news"));
        assertThat(t.told("ann")).extracting(DiceTold::getBoast).containsExactly("news");
    }

    @Test
    void whatTheGameThrowsEndsTheTest() {
        var broken = GameTest.of(
                        DiceGame.type(new DiceGame() {
                            @Override
                            public DiceState on(DiceState state, Player from, DiceMove move, Turn<DiceTold> turn) {
                                turn.send(from, new RoomId("hall"), ByteString.EMPTY);
                                if (move.hasBuy()) {
                                    throw new IllegalStateException("planted");
                                }
                                return state;
                            }
                        }),
                        DiceTold.parser())
                .players("ann");
        assertThatThrownBy(() -> broken.says("ann", buy()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("planted");
        broken.says("ann", stake(1));
        assertThat(broken.sentTo("ann")).isEqualTo(new RoomId("hall"));
        assertThat(broken.isIn("ann")).isFalse();
    }
}
