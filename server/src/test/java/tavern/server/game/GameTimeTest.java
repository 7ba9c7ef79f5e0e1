package tavern.server.game;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GameTimeTest {
    private final GameTime time = new GameTime();

    @Test
    void isTheClockAtFullSpeed() {
        assertThat(time.at(1_700_000_000_123L)).isEqualTo(1_700_000_000_123L);
        assertThat(time.behind(1_700_000_000_123L)).isZero();
    }

    @Test
    void passesMoreSlowlyFromTheChangeOnAndStaysBehind() {
        time.pass(400, 10_000);
        assertThat(time.at(10_000)).isEqualTo(10_000);
        assertThat(time.at(11_000)).isEqualTo(10_400);
        time.pass(GameTime.FULL, 11_000);
        assertThat(time.at(12_000)).isEqualTo(11_400);
        assertThat(time.behind(12_000)).isEqualTo(600);
    }

    @Test
    void goesOnAsFarBehindAsItWasOnAnotherServer() {
        time.goOn(600, 500);
        assertThat(time.behind(500)).isEqualTo(600);
        assertThat(time.behind(9_000)).isEqualTo(600);
        time.pass(400, 9_000);
        assertThat(time.behind(10_000)).isEqualTo(1_200);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void losesNothingHoweverOftenTheSpeedChanges(long seed) {
        Random random = new Random(seed);
        long now = 5_000;
        long behindThousandths = 0;
        int permille = GameTime.FULL;
        long last = time.at(now);
        for (int i = 0; i < 10_000; i++) {
            int passed = random.nextInt(60);
            now += passed;
            behindThousandths += (long) passed * (GameTime.FULL - permille);
            assertThat(time.behind(now)).as("seed %d", seed).isEqualTo(behindThousandths / GameTime.FULL);
            assertThat(time.at(now)).as("seed %d", seed).isBetween(last, last + passed);
            last = time.at(now);
            permille = 400 + random.nextInt(601);
            time.pass(permille, now);
        }
    }
}
