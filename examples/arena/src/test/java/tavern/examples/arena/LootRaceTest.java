package tavern.examples.arena;

import static org.assertj.core.api.Assertions.assertThat;
import static tavern.examples.arena.ArenaTest.RAT;
import static tavern.examples.arena.ArenaTest.TICK;
import static tavern.examples.arena.ArenaTest.hit;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Of two who hit a monster at once exactly one has the loot, wherever the server crashes. With {@code -Dtavern.test.loots=10000} as often. */
final class LootRaceTest {
    private static final int LOOTS = Integer.getInteger("tavern.test.loots", 500);

    @Test
    void exactlyOneHasTheLoot() {
        int keptBefore = 0;
        for (int seed = 0; seed < LOOTS; seed++) {
            try {
                keptBefore += isKeptBeforeTheCrash(new ArenaTest(), new SplittableRandom(seed)) ? 1 : 0;
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            }
        }
        assertThat(keptBefore).as("monsters slain before the crash").isBetween(LOOTS / 10, LOOTS * 9 / 10);
    }

    private static boolean isKeptBeforeTheCrash(ArenaTest arena, SplittableRandom random) {
        var t = arena.t;
        arena.weaken(RAT);
        arena.approach("ann", RAT, 0);
        arena.approach("ben", RAT, 0);
        boolean areBlowsInDoubt = random.nextBoolean();
        t.store().silentFor(areBlowsInDoubt ? 3 : 0);
        t.says("ann", hit(RAT));
        t.says("ben", hit(RAT));
        if (!areBlowsInDoubt) {
            t.store().silentFor(1);
        }
        t.passes(TICK);
        t.crash(random.nextInt(5));

        t.joins("ann");
        t.joins("ben");
        t.passes(TICK);
        boolean isSlain = Fight.find(t.state(), RAT) < 0;
        if (!isSlain) {
            arena.bothHit(RAT);
            t.passes(TICK);
        }
        assertThat(Fight.find(t.state(), RAT)).isNegative();
        assertThat(t.goods("ann").count(Fight.GOLD) + t.goods("ben").count(Fight.GOLD))
                .as("gold of both")
                .isEqualTo(Fight.RATS_GOLD);
        assertThat(t.board(Fight.BOARD).values()).containsExactly(1L);
        return isSlain;
    }
}
