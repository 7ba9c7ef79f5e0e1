package tavern.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ForgettingPaceTest {
    /** How long a step takes that waits behind 1,000 trades and for their flush. */
    private static final long BUSY_MILLIS = 44;

    private final ForgettingPace pace = new ForgettingPace();

    @Test
    void aQuickStoreForgetsAsFastAsTradesCanCome() {
        for (int i = 0; i < 10; i++) {
            pace.took(ForgettingPace.QUICK_MILLIS, true);
        }
        assertThat(perSecond(ForgettingPace.QUICK_MILLIS)).isGreaterThan(60_000);
        assertThat(pace.outcomes()).isEqualTo(ForgettingPace.OUTCOMES_MAX);
    }

    @Test
    void aSlowStoreIsLeftAloneForAsLongAsItTook() {
        pace.took(1, true);
        pace.took(200, true);
        pace.took(200, true);
        assertThat(pace.outcomes()).isEqualTo(ForgettingPace.OUTCOMES_MIN);
        assertThat(pace.pauseMillis()).isEqualTo(200);
    }

    @Test
    void aStoreThatIsBusyWithTradesForgetsAsFastAsTheyComeOnceItIsFarBehind() {
        for (int i = 0; i < ForgettingPace.PATIENT_STEPS; i++) {
            pace.took(BUSY_MILLIS, true);
        }
        assertThat(pace.outcomes()).isEqualTo(ForgettingPace.OUTCOMES_MIN);
        for (int i = 0; i < 4; i++) {
            pace.took(BUSY_MILLIS, true);
        }
        assertThat(perSecond(BUSY_MILLIS)).isGreaterThan(50_000);
    }

    @Test
    void aStoreThatNeedsVeryLongIsNeverGivenMore() {
        for (int i = 0; i < 2 * ForgettingPace.PATIENT_STEPS; i++) {
            pace.took(ForgettingPace.SLOW_MILLIS + 1, true);
        }
        assertThat(pace.outcomes()).isEqualTo(ForgettingPace.OUTCOMES_MIN);
    }

    @Test
    void aSlowStoreIsLeftAloneAgainOnceNothingIsLeft() {
        for (int i = 0; i < 2 * ForgettingPace.PATIENT_STEPS; i++) {
            pace.took(200, true);
        }
        pace.took(200, false);
        assertThat(pace.outcomes()).isLessThan(ForgettingPace.OUTCOMES_MAX);
        assertThat(pace.pauseMillis()).isEqualTo(200);
    }

    private long perSecond(long stepMillis) {
        return pace.outcomes() * 1_000L / (stepMillis + pace.pauseMillis());
    }
}
