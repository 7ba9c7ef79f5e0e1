package tavern.bench.trades;

import java.io.IOException;
import java.util.Map;

/** A running contender, on threads of its own. */
interface TradeLoad extends AutoCloseable {
    /** Number of trades finished so far; never decreases. Safe on any thread. */
    long done();

    /** Number of trades committed but not yet confirmed by the broker. Safe on any thread. */
    default long lag() {
        return 0;
    }

    /** Size of the largest result of a trade that was sent to a trader; 0 if none is sent. Safe on any thread. */
    default int resultBytes() {
        return 0;
    }

    /** Ids of the processes started for this load, by their name in the table. */
    default Map<String, Long> processes() {
        return Map.of();
    }

    /**
     * Finishes pending trades, checks that no goods were lost or created, and cleans up.
     *
     * @throws IOException if the check fails; the measurement is then worthless
     */
    @Override
    void close() throws IOException, InterruptedException;
}
