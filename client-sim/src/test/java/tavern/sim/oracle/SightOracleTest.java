package tavern.sim.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cells of 320, so that near ends at 240 and far begins beyond 720; the speed is 160 a second. */
class SightOracleTest {
    private static final SightOracle.Rules RULES = new SightOracle.Rules(320, 160, 20);
    private static final SightOracle.Place VIEWER = new SightOracle.Place(1, 1_000, 1_000, 500);

    private final Tally tally = new Tally();
    private final SightOracle sights = new SightOracle(tally);

    @ParameterizedTest
    @CsvSource({
        "1240, 1000, true, 0, 0",
        "1240, 760, false, 1, 0",
        "1241, 1000, false, 0, 0",
        "1000, 759, true, 0, 0",
        "1720, 280, true, 0, 0",
        "1721, 1000, true, 0, 1",
        "1000, 279, true, 0, 1",
        "1721, 1000, false, 0, 0"
    })
    void atRestWhoIsNearIsSeenAndWhoIsFarIsNot(int x, int y, boolean inView, int missing, int ghosts) {
        SightOracle.Place other = new SightOracle.Place(2, x, y, 500);
        sights.resting(RULES, VIEWER, other, inView, inView);
        assertThat(tally.get(Count.SIGHT_MISSING)).isEqualTo(missing);
        assertThat(tally.get(Count.SIGHT_GHOSTS)).isEqualTo(ghosts);
        assertThat(tally.get(Count.SIGHT_ONE_SIDED)).isZero();
        assertThat(SightOracle.isRight(RULES, VIEWER, other, inView, inView)).isEqualTo(missing + ghosts == 0);
    }

    @Test
    void whoIsSeenSeesBack() {
        SightOracle.Place between = new SightOracle.Place(2, 1_500, 1_000, 500);
        sights.resting(RULES, VIEWER, between, true, false);
        sights.resting(RULES, VIEWER, between, false, true);
        assertThat(tally.get(Count.SIGHT_ONE_SIDED)).isEqualTo(2);
        assertThat(SightOracle.isRight(RULES, VIEWER, between, true, false)).isFalse();
    }

    @Test
    void onTheMoveTicksThatLieApartAreGivenTheirWay() {
        // The ticks are a second apart: the tolerance is 160 plus a quarter of that.
        sights.walking(RULES, VIEWER, new SightOracle.Place(2, 1_720 + 200, 1_000, 520), true);
        sights.walking(RULES, VIEWER, new SightOracle.Place(2, 1_240 - 199, 1_000, 480), false);
        assertThat(tally.get(Count.SIGHT_GHOSTS) + tally.get(Count.SIGHT_MISSING))
                .isZero();
        sights.walking(RULES, VIEWER, new SightOracle.Place(2, 1_720 + 201, 1_000, 520), true);
        sights.walking(RULES, VIEWER, new SightOracle.Place(2, 1_240 - 200, 1_000, 480), false);
        assertThat(tally.get(Count.SIGHT_GHOSTS)).isEqualTo(1);
        assertThat(tally.get(Count.SIGHT_MISSING)).isEqualTo(1);
        assertThat(tally.get(Count.SIGHT_CHECKED)).isEqualTo(4);
    }
}
