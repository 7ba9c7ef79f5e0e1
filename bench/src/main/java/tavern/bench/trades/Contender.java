package tavern.bench.trades;

import java.io.IOException;

/** Something whose trades are counted. */
interface Contender {
    /** The figure's name in the report. */
    String key();

    /** In the table. */
    String title();

    /** Begins to work at full speed. Blocks until it does. */
    Load start() throws IOException, InterruptedException;
}
