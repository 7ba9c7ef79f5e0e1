package tavern.bench.trades;

import java.time.Duration;
import tavern.bench.Bench;

/**
 * How long and how often.
 *
 * @param rounds of all contenders in turn
 * @param warmUp of each load, before it is measured
 * @param window that is measured
 * @param trial of what is tried to find the best, before it is measured
 */
record Pace(int rounds, Duration warmUp, Duration window, Duration trial) {
    static final Pace FULL = new Pace(3, Duration.ofSeconds(4), Duration.ofSeconds(5), Duration.ofSeconds(1));
    static final Pace QUICK = new Pace(1, Duration.ofMillis(150), Duration.ofMillis(350), Duration.ofMillis(120));

    /** As many rounds as were asked for. */
    Pace withRounds(Bench bench) {
        return new Pace(bench.roundsOr(rounds), warmUp, window, trial);
    }
}
