package tavern.bench.trades;

import java.io.IOException;
import java.util.Map;

/** A contender at work, on threads of its own. */
interface Load extends AutoCloseable {
    /** Finished so far: never goes back. Any thread. */
    long done();

    /** Committed, and not yet confirmed by the broker. Any thread. */
    default long lag() {
        return 0;
    }

    /** Processes that were started for it, by their part in the table. */
    default Map<String, Long> processes() {
        return Map.of();
    }

    /**
     * Finishes what is under way, checks that no goods were lost or made, and cleans up.
     *
     * @throws IOException when something does not add up; whatever was measured is worth nothing then
     */
    @Override
    void close() throws IOException, InterruptedException;
}
