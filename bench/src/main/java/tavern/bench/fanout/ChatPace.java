package tavern.bench.fanout;

import java.time.Duration;
import tavern.bench.Bench;

/**
 * How long and how often chat and pings are measured.
 *
 * @param players who chat
 * @param warmUp of each server, before anything counts, for chat and for pings
 */
record ChatPace(int players, int pingers, Duration warmUp, int rounds, Duration window) {
    static final ChatPace FULL = new ChatPace(1_000, 100, Duration.ofSeconds(20), 5, Duration.ofSeconds(4));
    static final ChatPace QUICK = new ChatPace(400, 100, Duration.ofMillis(500), 1, Duration.ofMillis(800));

    ChatPace withRounds(Bench bench) {
        return new ChatPace(players, pingers, warmUp, bench.roundsOr(rounds), window);
    }
}
