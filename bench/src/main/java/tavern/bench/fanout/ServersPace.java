package tavern.bench.fanout;

import java.time.Duration;
import tavern.bench.Bench;

/** @param players of each server, whether it is one or two */
record ServersPace(int players, Duration warmUp, int rounds, Duration settle, Duration window) {
    static final ServersPace FULL =
            new ServersPace(1_000, Duration.ofSeconds(15), 5, Duration.ofSeconds(1), Duration.ofSeconds(5));
    static final ServersPace QUICK =
            new ServersPace(200, Duration.ofSeconds(2), 1, Duration.ofMillis(500), Duration.ofSeconds(1));

    ServersPace withRounds(Bench bench) {
        return new ServersPace(players, warmUp, bench.roundsOr(rounds), settle, window);
    }
}
