package tavern.server.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ReplayBudgetTest {
    private static final int LOGS = 10;
    private static final long BYTES = 20_000;
    private static final long FLOOR = BYTES / 2 / LOGS;

    private final ReplayBudget budget = new ReplayBudget(BYTES, LOGS);

    @Test
    void theSumIsBoundedWhateverLogsDo() {
        SplittableRandom random = new SplittableRandom(42);
        List<ReplayBudget.Share> logs = new ArrayList<>();
        for (int i = 0; i < LOGS; i++) {
            logs.add(budget.share());
        }
        for (int i = 0; i < 100_000; i++) {
            ReplayBudget.Share log = logs.get(random.nextInt(LOGS));
            if (random.nextInt(3) > 0) {
                log.grow(random.nextInt(1, 3_000));
            } else {
                log.shrink(random.nextLong(log.heldBytes() + 1));
            }
            long held = logs.stream().mapToLong(ReplayBudget.Share::heldBytes).sum();
            long beyond = logs.stream()
                    .mapToLong(each -> Math.max(0, each.heldBytes() - FLOOR))
                    .sum();
            assertThat(held).isLessThanOrEqualTo(BYTES);
            assertThat(budget.borrowedBytes()).isEqualTo(beyond);
        }
    }

    @Test
    void nobodyTakesALogsFloor() {
        ReplayBudget.Share greedy = budget.share();
        while (greedy.grow(100)) {
            // As much as it can get.
        }
        assertThat(greedy.heldBytes()).isGreaterThan(budget.potBytes());
        ReplayBudget.Share modest = budget.share();
        assertThat(modest.grow(FLOOR)).isTrue();
        assertThat(modest.grow(1)).isFalse();

        greedy.shrink(greedy.heldBytes());
        assertThat(modest.grow(1)).isTrue();
    }
}
