package tavern.bench.fanout;

import java.time.Duration;
import java.util.List;
import tavern.bench.Bench;

/**
 * How far and how often one core and two are measured.
 *
 * @param growth numbers of players, ascending; the server warms up with the first
 * @param settle from the last join to what is measured
 * @param window at each of them
 * @param refine how exactly the most players are looked for; 0: among these numbers alone
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
