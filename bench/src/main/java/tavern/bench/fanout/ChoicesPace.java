package tavern.bench.fanout;

import java.time.Duration;
import tavern.bench.Bench;

/**
 * How long and how often to measure choices.
 *
 * @param warmUp warm-up of each server before the first window
 * @param rounds number of rounds in which the servers of a group take turns
 */
record ChoicesPace(int players, Duration warmUp, int rounds, Duration window) {
    static final ChoicesPace FULL = new ChoicesPace(2_000, Duration.ofSeconds(12), 3, Duration.ofSeconds(3));
    static final ChoicesPace QUICK = new ChoicesPace(500, Duration.ofMillis(1_500), 1, Duration.ofSeconds(1));

    ChoicesPace withRounds(Bench bench) {
        return new ChoicesPace(players, warmUp, bench.roundsOr(rounds), window);
    }
}
