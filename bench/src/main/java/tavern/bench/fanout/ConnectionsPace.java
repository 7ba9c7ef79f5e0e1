package tavern.bench.fanout;

import java.time.Duration;

/**
 * How many players stand idle, and how long to measure them.
 *
 * @param before players who join and leave first, so that one-time costs of the first player are not counted
 * @param settle time from the last join to the first window, with pings: the JVM's compilation and the loading of the
 *     books for these joins continue after them
 * @param turns number of windows of silence, each followed by one of pings: a silence may not exceed a client's idle
 *     time
 * @param silent length of a window without pings; with the time since the last ping, short enough that no player is
 *     disconnected as idle
 */
record ConnectionsPace(int players, int before, Duration settle, int turns, Duration silent, Duration pinging) {
    // The launcher has the heap collected every 15 s: turns of 11 s spread the collections over both kinds of windows.
    static final ConnectionsPace FULL =
            new ConnectionsPace(10_000, 1_000, Duration.ofSeconds(30), 6, Duration.ofSeconds(6), Duration.ofSeconds(5));
    static final ConnectionsPace QUICK =
            new ConnectionsPace(1_000, 100, Duration.ofMillis(300), 1, Duration.ofSeconds(1), Duration.ofSeconds(1));

    /** After this time a server does only its work for idle players. */
    private static final Duration SETTLED = Duration.ofSeconds(10);

    boolean isSettled() {
        return settle.compareTo(SETTLED) >= 0;
    }
}
