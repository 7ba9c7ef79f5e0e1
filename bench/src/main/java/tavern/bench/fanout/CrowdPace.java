package tavern.bench.fanout;

import java.time.Duration;
import tavern.bench.Bench;

/** How large the crowd is, and how long and how often it is measured. @param warmUp of each server */
record CrowdPace(int players, Duration warmUp, int rounds, Duration window) {
    /** Each of them a send of its own: some three fifths of a core. */
    private static final double UPDATES_AT_ONCE = 120_000;

    static final CrowdPace FULL = new CrowdPace(1_000, Duration.ofSeconds(8), 3, Duration.ofSeconds(4));
    static final CrowdPace QUICK = new CrowdPace(250, Duration.ofMillis(500), 1, Duration.ofMillis(900));

    /** Of one player in a second, when each is told at once to everybody: more is more than a core can send. */
    double movesAtOnce() {
        return Math.min(10, UPDATES_AT_ONCE / players / players);
    }

    CrowdPace withRounds(Bench bench) {
        return new CrowdPace(players, warmUp, bench.roundsOr(rounds), window);
    }
}
