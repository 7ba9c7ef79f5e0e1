package tavern.bench.fanout;

import java.time.Duration;

/**
 * How many clients read slowly, and for how long.
 *
 * @param honest number of players beside them who read normally
 */
record SlowReadersPace(int honest, int slow, Duration warmUp, Duration before, Duration attack, Duration after) {
    static final SlowReadersPace FULL = new SlowReadersPace(
            100, 700, Duration.ofSeconds(15), Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofSeconds(10));
    static final SlowReadersPace QUICK = new SlowReadersPace(
            20, 50, Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(1));

    /** Whether the attack is long enough that its figures are more than chance. */
    boolean isJudged() {
        return attack.compareTo(Duration.ofSeconds(30)) >= 0;
    }
}
