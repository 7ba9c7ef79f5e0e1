package tavern.bench.fanout;

import java.time.Duration;
import java.util.List;
import tavern.bench.Bench;

/**
 * How long and how often moves are measured.
 *
 * @param players of the windows in turn
 * @param warmUp of each server, before anything counts
 * @param rounds of both servers in turn
 * @param growth numbers of players, ascending
 * @param growthRounds of both servers in turn
 * @param growthSettle from the last join to what is measured
 * @param growthWindow at each number of players
 * @param refine how exactly the most players are looked for; 0: among the numbers of the growth alone
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
