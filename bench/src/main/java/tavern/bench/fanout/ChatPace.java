package tavern.bench.fanout;

import java.time.Duration;
import tavern.bench.Bench;

/**
 * How long and how often to measure chat and pings.
 *
 * @param players number of players who chat at half load
 * @param steady number of players who write one line a second each
 * @param warmUp warm-up of each server before the first window, once for chat and once for pings; after 20 s the compiler still
 *     took a third of the time of a server that has one core
 * @param steadyWarmUp the same for one line a second, at which code becomes hot later
 */
record ChatPace(
        int players, int steady, int pingers, Duration warmUp, Duration steadyWarmUp, int rounds, Duration window) {
    static final ChatPace FULL =
            new ChatPace(1_000, 2_000, 100, Duration.ofSeconds(60), Duration.ofSeconds(120), 5, Duration.ofSeconds(4));
    static final ChatPace QUICK =
            new ChatPace(400, 400, 100, Duration.ofMillis(500), Duration.ofMillis(500), 1, Duration.ofMillis(800));

    ChatPace withRounds(Bench bench) {
        return new ChatPace(players, steady, pingers, warmUp, steadyWarmUp, bench.roundsOr(rounds), window);
    }
}
