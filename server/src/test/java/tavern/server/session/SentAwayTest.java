package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** P-109: a server that is emptied does not wait for players who are not on their way. */
final class SentAwayTest {
    private long gone = 7;
    private final SentAway sentAway = new SentAway(() -> gone, 0);

    @Test
    void whoHasGoneIsNotOnTheWay() {
        assertThat(sentAway.following(0)).isZero();
        assertThat(sentAway.isTimeToFollow(0)).isFalse();
        sentAway.sent(100, 0);
        assertThat(sentAway.following(1_000)).isEqualTo(100);
        gone += 30;
        assertThat(sentAway.following(1_000)).isEqualTo(70);
        sentAway.sent(10, 2_000);
        assertThat(sentAway.following(2_000)).isEqualTo(80);
    }

    @Test
    void whoDoesNotGoInTimeIsNotWaitedFor() {
        sentAway.sent(100, 0);
        assertThat(sentAway.isTimeToFollow(SentAway.FOLLOW_MILLIS_MAX)).isTrue();
        assertThat(sentAway.following(SentAway.FOLLOW_MILLIS_MAX + 1)).isZero();
        sentAway.sent(5, 4_000);
        assertThat(sentAway.following(4_000)).isEqualTo(5);
        gone += 50;
        assertThat(sentAway.following(4_000)).isZero();
    }

    @Test
    void thoseOfARoomThatDoesNotMoveAreNotWaitedFor() {
        sentAway.sent(100, 0);
        sentAway.sent(20, 100);
        sentAway.notSent(100, 200);
        assertThat(sentAway.following(200)).isEqualTo(20);
    }

    @Test
    void whatIsGivenBackAfterItsTimeCountsForNothing() {
        sentAway.sent(100, 0);
        assertThat(sentAway.following(3_500)).isZero();
        sentAway.notSent(100, 3_600);
        sentAway.sent(20, 3_700);
        assertThat(sentAway.following(3_700)).isEqualTo(20);
    }

    @Test
    void theirTimeBeginsWhenTheirRoomHasMoved() {
        sentAway.sent(100, 0);
        sentAway.told(2_500);
        assertThat(sentAway.following(5_000)).isEqualTo(100);
        assertThat(sentAway.following(5_501)).isZero();
    }
}
