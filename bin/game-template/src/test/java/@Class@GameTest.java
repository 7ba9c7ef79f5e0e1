package @package@;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.ErrorCode;
import tavern.testkit.GameTest;
import tavern.testkit.Purity;
import @package@.messages.Draw;
import @package@.messages.Say;
import @package@.messages.State;
import @package@.messages.Tell;

final class @Class@GameTest {
    private static final Say DRAW = Say.newBuilder().setDraw(Draw.getDefaultInstance()).build();

    private static GameTest<State, Say, Tell> table() {
        var table = GameTest.of(@Class@Game.TYPE, Tell.parser()).seed(7).players("ann", "ben");
        table.grant("ann", "gold", 100);
        table.grant("ben", "gold", 100);
        return table;
    }

    @Test
    void theHighestCardTakesThePot() {
        var table = table();

        table.says("ann", DRAW);
        assertThat(table.goods("ann").count("gold")).isEqualTo(90);
        table.says("ben", DRAW);

        Tell last = last(table.told("ben"));
        assertThat(last.getWon().getPot()).isEqualTo(20);
        assertThat(table.goods(last.getWon().getHand().getName()).count("gold")).isEqualTo(110);
        assertThat(table.state().getHandsList()).isEmpty();
    }

    @Test
    void aRoundEndsWithoutThoseWhoThinkTooLong() {
        var table = table();

        table.says("ann", DRAW);
        table.says("ann", DRAW);
        assertThat(table.answer("ann").code()).isEqualTo(ErrorCode.NOT_ALLOWED);
        table.crash();
        table.passes(Duration.ofSeconds(31));

        assertThat(table.goods("ann").count("gold")).isEqualTo(100);
    }

    @Test
    void nothingIsLostWhateverHappens() {
        table().storm(20_000, 1, (random, who, state) -> DRAW);
    }

    @Test
    void theSameTurnsGiveTheSame() {
        Purity.check(@Class@Game.class);
    }

    private static Tell last(List<Tell> told) {
        return told.get(told.size() - 1);
    }
}
