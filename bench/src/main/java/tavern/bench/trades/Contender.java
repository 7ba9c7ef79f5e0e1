package tavern.bench.trades;

import java.io.IOException;

/** A program whose trades are counted. */
interface Contender {
    /** For a contender with a JVM of its own: after four times, its compiler still took a quarter of its time. */
    int WARM_UPS_OF_OWN_JVM = 8;

    /** The figure's name in the report. */
    String key();

    /** The title in the table. */
    String title();

    /** Factor by which the warm-up is longer: a contender with a JVM of its own starts cold each time. */
    default int warmUps() {
        return 1;
    }

    /** Starts the load; blocks until it works at full speed. */
    TradeLoad start() throws IOException, InterruptedException;
}
