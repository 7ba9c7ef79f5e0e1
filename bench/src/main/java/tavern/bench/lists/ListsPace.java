package tavern.bench.lists;

import java.time.Duration;

/**
 * How many rooms and players there are, and how long to measure.
 *
 * @param rooms number of open rooms
 * @param listing number of players who request a page twice a second, as often as {@code limits.rates.lists} allows
 * @param calm number of players who ping four times a second
 */
record ListsPace(int rooms, int listing, int calm, Duration warmUp, Duration window) {
    static final ListsPace FULL = new ListsPace(10_000, 300, 20, Duration.ofSeconds(10), Duration.ofSeconds(30));
    static final ListsPace QUICK = new ListsPace(10_000, 300, 20, Duration.ofSeconds(2), Duration.ofSeconds(5));
}
