package tavern.bench.fanout;

import java.time.Duration;

/**
 * How many players stand idle, and for how long that is measured.
 *
 * @param before who come and go first, so that what the first player costs is not counted
 * @param settle from the last join to what is measured, with pings: what the JVM compiles, and the books read, for the joins
 *     goes on after them
 * @param turns of silence, then pings: one silence cannot be longer than a client may be silent
 * @param silent without pings: with what has passed since the last one, short enough that nobody is sent away for it
 */
record ConnectionsPace(int players, int before, Duration settle, int turns, Duration silent, Duration pinging) {
    static final ConnectionsPace FULL =
            new ConnectionsPace(10_000, 1_000, Duration.ofSeconds(30), 2, Duration.ofSeconds(8), Duration.ofSeconds(8));
    static final ConnectionsPace QUICK =
            new ConnectionsPace(1_000, 100, Duration.ofMillis(300), 1, Duration.ofSeconds(1), Duration.ofSeconds(1));

    /** By then a server does what it does for idle players and nothing else. */
    private static final Duration SETTLED = Duration.ofSeconds(10);

    boolean isSettled() {
        return settle.compareTo(SETTLED) >= 0;
    }
}
