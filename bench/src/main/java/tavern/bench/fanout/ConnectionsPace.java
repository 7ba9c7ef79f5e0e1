package tavern.bench.fanout;

import java.time.Duration;

/**
 * How many players stand idle, and for how long that is measured.
 *
 * @param before who come and go first, so that what the first player costs is not counted
 * @param settle from the last join to what is measured, with pings
 * @param silent without pings: short enough that nobody is sent away for it
 */
record ConnectionsPace(int players, int before, Duration settle, Duration pinging, Duration silent) {
    static final ConnectionsPace FULL =
            new ConnectionsPace(10_000, 1_000, Duration.ofSeconds(8), Duration.ofSeconds(10), Duration.ofSeconds(8));
    static final ConnectionsPace QUICK =
            new ConnectionsPace(1_000, 100, Duration.ofMillis(300), Duration.ofMillis(1_200), Duration.ofMillis(1_200));
}
