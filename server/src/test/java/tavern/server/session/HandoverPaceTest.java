package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** P-109: a server that is emptied sends its players away at a pace. */
final class HandoverPaceTest {
    private static final int SECONDS = 20;

    private static int sentIn(HandoverPace pace, int roomOf) {
        int sent = 0;
        for (long now = 1; now <= SECONDS * 1_000; now++) {
            while (pace.isFree(now)) {
                pace.sent(roomOf);
                sent += roomOf;
            }
        }
        return sent;
    }

    @Test
    void asManyAreSentInASecondAsWereAllowedAndLittleMoreAtOnce() {
        assertThat(sentIn(new HandoverPace(100, 0), 1)).isBetween(100 * SECONDS, 100 * SECONDS + 25);
        assertThat(sentIn(new HandoverPace(1, 0), 1)).isBetween(SECONDS, SECONDS + 1);
        HandoverPace afterARest = new HandoverPace(100, 0);
        assertThat(afterARest.isFree(3_600_000)).isTrue();
        afterARest.sent(25);
        assertThat(afterARest.isFree(3_600_000)).isFalse();
    }

    @Test
    void aLargeRoomGoesAsAWholeAndOthersWaitForLonger() {
        assertThat(sentIn(new HandoverPace(100, 0), 500)).isBetween(100 * SECONDS, 100 * SECONDS + 500);
    }

    @Test
    void itIsTooSlowWhenTheTimeDoesNotSuffice() {
        HandoverPace pace = new HandoverPace(100, 0);
        assertThat(pace.isTooSlow(600, 0, 6_000, 0)).isFalse();
        assertThat(pace.isTooSlow(601, 0, 6_000, 0)).isTrue();
        assertThat(pace.isTooSlow(0, 6_000, 0, 0)).isFalse();
    }

    @Test
    void itIsTooSlowWhenTheTimeDoesNotSufficeAsFastAsItReallyGoes() {
        HandoverPace pace = new HandoverPace(1_000, 0);
        assertThat(pace.isTooSlow(200, 2_000, 4_000, 100)).isFalse();
        assertThat(pace.isTooSlow(201, 2_000, 4_000, 100)).isTrue();
        assertThat(pace.isTooSlow(1, 2_000, 4_000, 0)).isTrue();
        assertThat(pace.isTooSlow(4_001, 2_000, 4_000, 10_000)).isTrue();
        assertThat(pace.isTooSlow(600, 2_000, 118_000, 0))
                .as("the first players take their time")
                .isFalse();
    }

    @Test
    void whatWasNotSentMayBeSentAfterAll() {
        HandoverPace pace = new HandoverPace(100, 0);
        pace.sent(100);
        assertThat(pace.isFree(0)).isFalse();
        pace.notSent(100);
        assertThat(pace.isFree(0)).isTrue();
        pace.notSent(100);
        pace.sent(25);
        assertThat(pace.isFree(0)).as("no more is saved up than otherwise").isFalse();
    }
}
