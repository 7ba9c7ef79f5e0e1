package tavern.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.Redirect;

class ServerRouteTest {
    private static final Redirect THERE =
            Redirect.newBuilder().setHost("there").setPort(7).build();

    private final ServerRoute route = new ServerRoute(ClientSettings.of("home", 1, "ann"));

    private boolean isSentAt(double seconds) {
        return route.take(THERE, null, (long) (seconds * TimeUnit.SECONDS.toNanos(1)));
    }

    @Test
    void whoIsSentOnFiveTimesWithinTenSecondsRestsUntilTheyAreOver() {
        for (double at : new double[] {-100, -98, -96, -94, -92}) {
            assertThat(isSentAt(at)).isTrue();
        }
        assertThat(isSentAt(-90.5)).isFalse();
        assertThat(route.restNanos(TimeUnit.SECONDS.toNanos(-91))).isEqualTo(TimeUnit.SECONDS.toNanos(1));
        assertThat(route.restNanos(TimeUnit.SECONDS.toNanos(-90))).isZero();
        assertThat(isSentAt(-89)).isTrue();
        assertThat(isSentAt(-88.5)).isFalse();
    }

    @Test
    void aRestIsShorterThanTheSessionWaitsAndLeadsToOneMoreServer() {
        for (double at : new double[] {-100, -99.5, -99, -98.5, -98}) {
            assertThat(isSentAt(at)).isTrue();
        }
        route.rest(TimeUnit.SECONDS.toNanos(-97), 4_000);
        assertThat(route.pauseNanos(TimeUnit.SECONDS.toNanos(-97))).isEqualTo(TimeUnit.SECONDS.toNanos(2));
        assertThat(route.pauseNanos(TimeUnit.SECONDS.toNanos(-94))).isZero();
        assertThat(isSentAt(-95)).isTrue();
        assertThat(isSentAt(-95)).isFalse();
        route.rest(TimeUnit.SECONDS.toNanos(-95), 60_000);
        assertThat(route.pauseNanos(TimeUnit.SECONDS.toNanos(-95)))
                .as("until ten seconds have passed since the first that counts")
                .isEqualTo(TimeUnit.MILLISECONDS.toNanos(5_500));
    }

    @Test
    void whoHasNoSessionRestsUntilTheTenSecondsAreOver() {
        for (int i = 0; i < 5; i++) {
            assertThat(isSentAt(-100)).isTrue();
        }
        route.rest(TimeUnit.SECONDS.toNanos(-99), 0);
        assertThat(route.pauseNanos(TimeUnit.SECONDS.toNanos(-99))).isEqualTo(TimeUnit.SECONDS.toNanos(9));
    }

    @Test
    void whoIsSentOnNowAndThenFollowsEachTime() {
        for (int i = 0; i < 50; i++) {
            assertThat(isSentAt(9 * i)).as("hop %s", i).isTrue();
        }
    }
}
