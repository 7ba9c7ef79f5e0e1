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
    void whoIsSentOnNowAndThenFollowsEachTime() {
        for (int i = 0; i < 50; i++) {
            assertThat(isSentAt(9 * i)).as("hop %s", i).isTrue();
        }
    }
}
