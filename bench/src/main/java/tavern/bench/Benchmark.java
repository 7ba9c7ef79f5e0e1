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
     * Begins to start what takes long to start, and returns at once. Only in a quick look: there all begin before the
     * first measures, and find it in {@link Bench#kept()}.
     */
    default void begin(Bench bench) throws IOException {}

    /**
     * Measures, and cleans up after itself whatever happens.
     *
     * @throws IOException when something that it needs is not there, or what was measured did something wrong
     * @throws InterruptedException when the run is stopped
     */
    Section run(Bench bench) throws IOException, InterruptedException;
}
