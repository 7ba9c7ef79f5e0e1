package tavern.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import tavern.game.Player;
import tavern.game.Turn;
import tavern.game.Viewer;
import tavern.testkit.dice.DiceMove;
import tavern.testkit.dice.DiceState;
import tavern.testkit.dice.DiceTold;

/** Storms find what is planted in a game, and nothing in one that is all right. */
final class StormTest {
    private static int counter;

    private static GameTest<DiceState, DiceMove, DiceTold> test(DiceGame game) {
        return GameTest.of(DiceGame.type(game), DiceTold.parser())
                .players("ann", "ben", "cat")
                .always((state, goods) -> {
                    long table = goods.of().apply(DiceGame.TABLE).count("gold");
                    assertThat(table).as("gold on the table").isEqualTo(state.getPot());
                });
    }

    private static AbstractThrowableAssert<?, ?> assertThatStormOf(DiceGame game) {
        return assertThatThrownBy(() -> test(game).storm(5_000, 3, new DiceMoves()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("storm with seed 3 failed at step")
                .hasMessageContaining("shortest schedule found");
    }

    @Test
    void aGameThatIsAllRightPasses() {
        test(new DiceGame()).storm(30_000, 1, new DiceMoves());
    }

    @Test
    void aClockIsFound() {
        assertThatStormOf(new DiceGame() {
                    @Override
                    public DiceState on(DiceState state, Player from, DiceMove move, Turn<DiceTold> turn) {
                        return super.on(state, from, move, turn).toBuilder()
                                .setNewest(System.nanoTime())
                                .build();
                    }
                })
                .hasMessageContaining("a turn that is computed again gives something else");
    }

    @Test
    void aStaticCounterIsFound() {
        assertThatStormOf(new DiceGame() {
                    @Override
                    public DiceState on(DiceState state, Player from, DiceMove move, Turn<DiceTold> turn) {
                        counter++;
                        turn.tellAll(DiceTold.newBuilder().setRounds(counter).build());
                        return super.on(state, from, move, turn);
                    }
                })
                .hasMessageContaining("a turn that is computed again gives something else");
    }

    @Test
    void aFieldThatChangesIsFound() {
        assertThatStormOf(new DiceGame() {
                    private long newest;

                    @Override
                    public DiceState on(DiceState state, Player from, DiceMove move, Turn<DiceTold> turn) {
                        DiceState next = super.on(state, from, move, turn);
                        newest = next.getPot();
                        return next;
                    }

                    @Override
                    public DiceTold view(DiceState state, Viewer viewer) {
                        return DiceTold.newBuilder().setPot(newest).build();
                    }
                })
                .hasMessageContaining("sees");
    }

    @Test
    void goodsThatTheStateForgetsAreFound() {
        assertThatStormOf(new DiceGame() {
                    @Override
                    public DiceState left(DiceState state, Player who, Turn<DiceTold> turn) {
                        return state.toBuilder().setPot(0).build();
                    }
                })
                .hasMessageContaining("gold on the table");
    }

    @Test
    void anExceptionIsFoundWithAShortSchedule() {
        assertThatStormOf(new DiceGame() {
                    @Override
                    public DiceState on(DiceState state, Player from, DiceMove move, Turn<DiceTold> turn) {
                        if (state.getStakesCount() == 2 && move.hasBuy()) {
                            throw new IllegalStateException("planted");
                        }
                        return super.on(state, from, move, turn);
                    }
                })
                .hasMessageContaining("planted")
                .satisfies(failure ->
                        assertThat(String.valueOf(failure.getMessage()).lines()).hasSizeLessThan(14))
                .hasRootCauseMessage("planted");
    }
}
