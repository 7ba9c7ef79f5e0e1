package tavern.bench.fanout;

import java.time.Duration;
import tavern.bench.Bench;

/**
 * How long and how often choices are measured.
 *
 * @param warmUp of each server, before anything counts
 * @param rounds of the servers that are there at the same time, in turn
 */
record ChoicesPace(int players, Duration warmUp, int rounds, Duration window) {
    static final ChoicesPace FULL = new ChoicesPace(2_000, Duration.ofSeconds(12), 3, Duration.ofSeconds(3));
    static final ChoicesPace QUICK = new ChoicesPace(500, Duration.ofMillis(1_500), 1, Duration.ofSeconds(1));

    ChoicesPace withRounds(Bench bench) {
        return new ChoicesPace(players, warmUp, bench.roundsOr(rounds), window);
    }
}
