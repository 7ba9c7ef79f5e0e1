package tavern.bench.trades;

import java.time.Duration;
import tavern.bench.Bench;

/**
 * How long and how often to measure.
 *
 * @param rounds number of rounds of all contenders in turn
 * @param warmUp warm-up of each load before its window
 * @param window length of the measured window
 * @param trial length of each trial that looks for the best number of workers before the measurement
 */
record Pace(int rounds, Duration warmUp, Duration window, Duration trial) {
    static final Pace FULL = new Pace(3, Duration.ofSeconds(4), Duration.ofSeconds(5), Duration.ofSeconds(1));
    static final Pace QUICK = new Pace(1, Duration.ofMillis(150), Duration.ofMillis(350), Duration.ofMillis(120));

    /** Applies {@code --rounds}. */
    Pace withRounds(Bench bench) {
        return new Pace(bench.roundsOr(rounds), warmUp, window, trial);
    }
}
