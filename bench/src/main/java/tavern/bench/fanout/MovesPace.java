package tavern.bench.fanout;

import java.time.Duration;
import java.util.List;
import tavern.bench.Bench;

/**
 * How long and how often to measure moves.
 *
 * @param players number of players in the rounds
 * @param warmUp warm-up of each server before the first window
 * @param rounds number of rounds of both servers in turn
 * @param growth numbers of players in ascending order
 * @param growthRounds number of growths of both servers in turn
 * @param growthSettle time from the last join to the window
 * @param growthWindow length of the window at each number of players
 * @param refine step to which the search for the most players is refined, or 0 to try only the numbers of the growth
 */
record MovesPace(
        int players,
        Duration warmUp,
        int rounds,
        Duration window,
        List<Integer> growth,
        int growthRounds,
        Duration growthSettle,
        Duration growthWindow,
        int refine) {
    static final MovesPace FULL = new MovesPace(
            2_000,
            Duration.ofSeconds(20),
            5,
            Duration.ofSeconds(4),
            List.of(250, 500, 1_000, 2_000, 4_000, 8_000, 16_000),
            3,
            Duration.ofMillis(1_500),
            Duration.ofSeconds(4),
            250);
    static final MovesPace QUICK = new MovesPace(
            800,
            Duration.ofSeconds(1),
            1,
            Duration.ofSeconds(1),
            List.of(500, 2_000),
            1,
            Duration.ofMillis(200),
            Duration.ofMillis(500),
            0);

    MovesPace withRounds(Bench bench) {
        return new MovesPace(
                players,
                warmUp,
                bench.roundsOr(rounds),
                window,
                growth,
                bench.roundsOr(growthRounds),
                growthSettle,
                growthWindow,
                refine);
    }
}
