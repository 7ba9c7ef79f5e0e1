package tavern.bench.fanout;

import java.time.Duration;
import java.util.List;
import tavern.bench.Bench;

/**
 * How far and how often to measure one core and two.
 *
 * @param growth numbers of players in ascending order; the server warms up with the first
 * @param settle time from the last join to the window
 * @param window length of the window at each number
 * @param refine step to which the search for the most players is refined, or 0 to try only these numbers
 */
record CoresPace(Duration warmUp, int rounds, List<Integer> growth, Duration settle, Duration window, int refine) {
    static final CoresPace FULL = new CoresPace(
            Duration.ofSeconds(8),
            3,
            List.of(1_000, 2_000, 4_000, 8_000, 16_000),
            Duration.ofMillis(1_500),
            Duration.ofSeconds(3),
            250);
    static final CoresPace QUICK = new CoresPace(
            Duration.ofMillis(2_500), 1, List.of(500, 2_000, 4_000), Duration.ofMillis(300), Duration.ofMillis(500), 0);

    CoresPace withRounds(Bench bench) {
        return new CoresPace(warmUp, bench.roundsOr(rounds), growth, settle, window, refine);
    }
}
