package tavern.bench.fanout;

import java.time.Duration;
import tavern.bench.Bench;

/** How large the crowd is, and how long and how often to measure it. @param warmUp warm-up of each server */
record CrowdPace(int players, Duration warmUp, int rounds, Duration window) {
    /** Updates per second when each is a send of its own: about three fifths of a core. */
    private static final double UPDATES_AT_ONCE = 120_000;

    static final CrowdPace FULL = new CrowdPace(1_000, Duration.ofSeconds(8), 3, Duration.ofSeconds(4));
    static final CrowdPace QUICK = new CrowdPace(250, Duration.ofMillis(500), 1, Duration.ofMillis(900));

    /** Moves per second of each player when each is sent to everybody at once, limited to what one core can send. */
    double movesAtOnce() {
        return Math.min(10, UPDATES_AT_ONCE / players / players);
    }

    CrowdPace withRounds(Bench bench) {
        return new CrowdPace(players, warmUp, bench.roundsOr(rounds), window);
    }
}
