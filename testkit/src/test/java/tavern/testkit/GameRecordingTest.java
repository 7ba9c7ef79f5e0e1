package tavern.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Player;
import tavern.game.Turn;
import tavern.testkit.dice.DiceMove;
import tavern.testkit.dice.DiceState;
import tavern.testkit.dice.DiceTold;

final class GameRecordingTest {
    private static final DiceMove STAKE = DiceMove.newBuilder().setStake(30).build();

    @TempDir
    Path folder;

    /** Counts in a field, as rules must not. */
    private static final class CountingGame extends DiceGame {
        private int stakes;

        @Override
        public DiceState on(DiceState state, Player from, DiceMove move, Turn<DiceTold> turn) {
            stakes++;
            return super.on(state, from, move, turn).toBuilder()
                    .setRounds(stakes)
                    .build();
        }
    }

    private static GameRecording played(DiceGame game) {
        var t = GameTest.of(DiceGame.type(game), DiceTold.parser()).seed(3).players("ann", "ben");
        t.says("ann", STAKE);
        t.says("ben", STAKE);
        t.store().refuseNext();
        t.says("ben", STAKE);
        t.passes(Duration.ofSeconds(6));
        t.says("ann", DiceMove.newBuilder().setBuy(true).build());
        return t.recording();
    }

    @Test
    void aGameThatWasPlayedIsPlayedAgainFromAFile() {
        Path file = folder.resolve("dice.recording");
        played(new DiceGame()).save(file);

        assertThat(GameRecording.of(file).replay(DiceGame.type(new DiceGame()))).isGreaterThan(6);
    }

    @Test
    void rulesThatRememberMoreThanTheStateAreFound() {
        CountingGame game = new CountingGame();
        GameRecording recording = played(game);

        assertThatThrownBy(() -> recording.replay(DiceGame.type(game)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("3 turns are the same")
                .hasMessageContaining("stake: 30")
                .hasMessageContaining("the room after the turn");
    }

    @Test
    void aFileThatIsNoRecordingIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("other"), "something else");

        assertThatThrownBy(() -> GameRecording.of(file))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("not a recording");
    }
}
