package tavern.bench.directory;

import java.time.Duration;

/**
 * How many rooms and players there are, and how long to measure.
 *
 * @param joinsPerSecond players who go from one room to another
 */
record DirectoryPace(int rooms, int players, int joinsPerSecond, int pages, Duration warmUp, Duration window) {
    static final DirectoryPace FULL =
            new DirectoryPace(10_000, 20_000, 330, 20_000, Duration.ofSeconds(70), Duration.ofSeconds(60));
    static final DirectoryPace QUICK =
            new DirectoryPace(10_000, 20_000, 330, 5_000, Duration.ofSeconds(15), Duration.ofSeconds(15));
}
