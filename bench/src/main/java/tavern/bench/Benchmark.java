package tavern.bench;

import java.io.IOException;

/** One kind of benchmark: a word on the command line. */
public interface Benchmark {
    String kind();

    /** In the help. */
    String description();

    /** Whether {@code bin/bench --quick} without a kind measures it. */
    default boolean isInQuickLook() {
        return true;
    }

    /**
     * Measures, and cleans up after itself whatever happens.
     *
     * @throws IOException when something that it needs is not there, or what was measured did something wrong
     * @throws InterruptedException when the run is stopped
     */
    Section run(Bench bench) throws IOException, InterruptedException;
}
