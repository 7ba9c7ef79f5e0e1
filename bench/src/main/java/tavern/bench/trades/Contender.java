package tavern.bench.trades;

import java.io.IOException;

/** Something whose trades are counted. */
interface Contender {
    /** The figure's name in the report. */
    String key();

    /** In the table. */
    String title();

    /** How many times as long as others it warms up: whoever starts in a JVM of its own begins cold each time. */
    default int warmUps() {
        return 1;
    }

    /** Begins to work at full speed. Blocks until it does. */
    Load start() throws IOException, InterruptedException;
}
