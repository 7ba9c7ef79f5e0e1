package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import tavern.server.room.TokenBucket;

final class RateLimiterTest {
    private static final int REFUSALS_MAX = 3;

    private final RateLimiter limiter = new RateLimiter(
            new SessionSettings(
                    10, 30, 10, 10_000, 45, 0, REFUSALS_MAX, new SessionSettings.Rates(5, 5, 20, 0.5, 2, 5, 20)),
            0);

    @Test
    void twiceTheRatePassesAtOnceAndThenTheRate() {
        assertThat(taken(RateLimiter.Kind.CHAT, 1_000)).isEqualTo(10);
        assertThat(limiter.tryTake(RateLimiter.Kind.CHAT, 1_000)).isEqualTo(200);
        assertThat(limiter.tryTake(RateLimiter.Kind.CHAT, 1_150)).isEqualTo(50);
        assertThat(limiter.tryTake(RateLimiter.Kind.CHAT, 1_200)).isZero();
    }

    @Test
    void aSlowRateStillAllowsTwoAtOnce() {
        assertThat(taken(RateLimiter.Kind.JOIN, 0)).isEqualTo(2);
        assertThat(limiter.tryTake(RateLimiter.Kind.JOIN, 0)).isEqualTo(2_000);
    }

    @Test
    void kindsDoNotTakeFromEachOther() {
        taken(RateLimiter.Kind.CHAT, 0);
        for (RateLimiter.Kind kind : RateLimiter.Kind.values()) {
            assertThat(limiter.tryTake(kind, 0) == 0).as("%s", kind).isEqualTo(kind != RateLimiter.Kind.CHAT);
        }
    }

    @Test
    void timeThatGoesBackGivesNothing() {
        taken(RateLimiter.Kind.CHAT, 10_000);
        assertThat(limiter.tryTake(RateLimiter.Kind.CHAT, 0)).isEqualTo(200);
        assertThat(limiter.tryTake(RateLimiter.Kind.CHAT, 10_000)).isEqualTo(200);
        assertThat(limiter.tryTake(RateLimiter.Kind.CHAT, 10_200)).isZero();
    }

    @Test
    void overTimeNeverMoreThanTheBurstAndTheRatePass() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        TokenBucket bucket = new TokenBucket(7, 0);
        long now = 0;
        int passed = 0;
        for (int i = 0; i < 100_000; i++) {
            now += random.nextInt(40);
            long wait = bucket.tryTake(now);
            passed += wait == 0 ? 1 : 0;
            assertThat(passed).as("seed %d", seed).isLessThanOrEqualTo((int) (14 + 7 * now / 1_000.0) + 1);
        }
        assertThat((double) passed).as("seed %d", seed).isGreaterThan(7 * now / 1_000.0 - 1);
    }

    @Test
    void tooManyRefusalsWithinTenSecondsAreFlooding() {
        assertThat(limiter.refused(0)).isFalse();
        assertThat(limiter.refused(1_000)).isFalse();
        assertThat(limiter.refused(2_000)).isFalse();
        assertThat(limiter.refused(10_000)).isFalse();
        assertThat(limiter.refused(10_999)).isTrue();
    }

    @Test
    void slowRefusalsAreNeverFlooding() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(limiter.refused(i * 3_334L)).isFalse();
        }
    }

    private int taken(RateLimiter.Kind kind, long nowMillis) {
        int taken = 0;
        while (limiter.tryTake(kind, nowMillis) == 0) {
            taken++;
        }
        return taken;
    }
}
