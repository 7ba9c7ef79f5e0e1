package tavern.bench.trades;

import java.io.IOException;

/** A program whose trades are counted. */
interface Contender {
    /** For a contender with a JVM of its own: after four times, its compiler still took a quarter of its time. */
    int WARM_UPS_OF_OWN_JVM = 8;

    /** For one that runs in this JVM for the first time: with one warm-up, the compiler takes a fifth of the window. */
    int WARM_UPS_AT_FIRST = 5;

    /** The figure's name in the report. */
    String key();

    /** The title in the table. */
    String title();

    /**
     * Factor by which the warm-up is longer: a contender with a JVM of its own starts cold each time.
     *
     * @param isFirst whether it has not run before in this JVM
     */
    default int warmUps(boolean isFirst) {
        return isFirst ? WARM_UPS_AT_FIRST : 1;
    }

    /** Starts the load; blocks until it works at full speed. */
    TradeLoad start() throws IOException, InterruptedException;
}
