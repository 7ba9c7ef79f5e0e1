package tavern.server.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ReplayLogTest {
    private static final long AGE_MILLIS = 45_000;

    private final ReplayBudget budget = new ReplayBudget(100_000, 10);

    private ReplayLog log(int eventsMax, long bytesMax) {
        return new ReplayLog(eventsMax, AGE_MILLIS, bytesMax, budget.share());
    }

    @Test
    void keepsTheNewestBoundedInNumberAndBytes() {
        ReplayLog few = log(3, 1_000_000);
        ReplayLog small = log(1_000, 2_500);
        for (int i = 0; i < 5; i++) {
            few.append(new byte[10], 0);
            small.append(new byte[1_000], 0);
        }
        assertThat(few.covers(1)).isFalse();
        assertThat(few.after(2)).hasSize(3);
        assertThat(small.covers(2)).isFalse();
        assertThat(small.after(3)).hasSize(2);
    }

    @Test
    void whatIsTooOldIsForgottenThoughNothingNewComes() {
        ReplayLog log = log(100, 1_000_000);
        log.append(new byte[10], 1_000);
        assertThat(log.forgetOld(2_000)).isEqualTo(1_000 + AGE_MILLIS + 1);
        assertThat(log.covers(0)).isTrue();
        assertThat(log.forgetOld(1_000 + AGE_MILLIS + 1)).isEqualTo(Long.MAX_VALUE);
        assertThat(log.covers(0)).isFalse();
        assertThat(log.covers(1)).isTrue();
    }

    @Test
    void whatAllLogsMayHoldTogetherBoundsEachOfThem() {
        ReplayLog greedy = log(10_000, 10_000_000);
        for (int i = 0; i < 1_000; i++) {
            greedy.append(new byte[1_000], 0);
        }
        assertThat(budget.borrowedBytes()).isLessThanOrEqualTo(budget.potBytes());
        ReplayLog modest = log(100, 1_000_000);
        modest.append(new byte[1_000], 0);
        assertThat(modest.covers(0)).as("its floor is its own").isTrue();

        greedy.close();
        assertThat(budget.borrowedBytes()).isZero();
        greedy.append(new byte[10], 0);
        assertThat(greedy.covers(1_000)).isFalse();
        assertThat(greedy.covers(1_001)).isTrue();
    }
}
