package tavern.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import tavern.game.Player;
import tavern.game.Turn;
import tavern.testkit.dice.DiceMove;
import tavern.testkit.dice.DiceState;
import tavern.testkit.dice.DiceTold;

final class PurityTest {
    @Test
    void aPureGamePasses() {
        assertThatCode(() -> Purity.check(DiceGame.class)).doesNotThrowAnyException();
    }

    @Test
    void whatIsImpureIsNamed() {
        assertThatThrownBy(() -> Purity.check(ImpureGame.class))
                .isInstanceOf(AssertionError.class)
                .message()
                .contains(
                        "Instant.now",
                        "System.currentTimeMillis",
                        "UUID.randomUUID",
                        "java.util.Random",
                        "ConcurrentHashMap",
                        "Collections.shuffle",
                        "ImpureGame$Helper",
                        "java.lang.Thread",
                        "ImpureGame.known> is static and holds what can change",
                        "ImpureGame.ORDER> is static and holds what can change",
                        "ImpureGame.last> is static and can change",
                        "ImpureGame.mood> is of a game")
                .doesNotContain("SUITS", "LIMIT");
    }

    @SuppressWarnings("unused")
    static class ImpureGame extends DiceGame {
        private static final List<String> SUITS = List.of("hearts");
        private static final int LIMIT = 3;
        private static final List<String> known = new ArrayList<>();
        private static final int[] ORDER = {1};
        private static long last;
        private int mood;

        static class Helper {
            Object more() {
                return new ConcurrentHashMap<>();
            }
        }

        @Override
        public DiceState on(DiceState state, Player from, DiceMove move, Turn<DiceTold> turn) {
            last = System.currentTimeMillis() + Instant.now().toEpochMilli() + new Random().nextInt();
            mood++;
            known.add(UUID.randomUUID().toString() + new Helper().more());
            Collections.shuffle(known);
            known.add(Thread.currentThread().getName());
            return state;
        }
    }
}
