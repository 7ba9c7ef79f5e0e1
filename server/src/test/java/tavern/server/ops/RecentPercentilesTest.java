package tavern.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecentPercentilesTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final RecentPercentiles spreads = new RecentPercentiles(registry, "work");

    private Timer timer(String thread) {
        return Timer.builder("work")
                .tag("thread", thread)
                .serviceLevelObjectives(Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofMillis(100))
                .register(registry);
    }

    private static void record(Timer timer, int times, long millis) {
        for (int i = 0; i < times; i++) {
            timer.record(Duration.ofMillis(millis));
        }
    }

    @Test
    void percentilesAreTheBucketsOfAllThreadsTogether() {
        assertThat(spreads.sample()).isEqualTo(new Overview.Spread(0, 0));
        record(timer("0"), 50, 1);
        record(timer("1"), 48, 5);
        record(timer("1"), 2, 50);
        assertThat(spreads.sample()).isEqualTo(new Overview.Spread(1, 100));
    }

    @Test
    void whatIsBeyondTheLastBucketCountsAsThat() {
        spreads.sample();
        record(timer("0"), 10, 5_000);
        assertThat(spreads.sample()).isEqualTo(new Overview.Spread(100, 100));
    }

    @Test
    void whatWasLongAgoIsForgotten() {
        spreads.sample();
        record(timer("0"), 10, 50);
        for (int second = 0; second < 10; second++) {
            assertThat(spreads.sample().p99()).as("after %s s", second).isEqualTo(100);
        }
        assertThat(spreads.sample()).isEqualTo(new Overview.Spread(0, 0));
    }
}
