package tavern.bench.fanout;

import java.time.Duration;
import tavern.bench.Bench;

/** How long and how often to measure rooms with NPCs. */
record ScenesPace(int players, Duration warmUp, int rounds, Duration window) {
    static final ScenesPace FULL = new ScenesPace(500, Duration.ofSeconds(20), 5, Duration.ofSeconds(4));
    static final ScenesPace QUICK = new ScenesPace(200, Duration.ofSeconds(2), 1, Duration.ofSeconds(1));

    ScenesPace withRounds(Bench bench) {
        return new ScenesPace(players, warmUp, bench.roundsOr(rounds), window);
    }
}
