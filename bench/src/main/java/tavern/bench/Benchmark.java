package tavern.bench;

import java.io.IOException;

/** One kind of benchmark, selected by a word on the command line. */
public interface Benchmark {
    String kind();

    /** One line for the command's help. */
    String description();

    /** Whether {@code bin/bench --quick} without a kind measures it. */
    default boolean isInQuickLook() {
        return true;
    }

    /**
     * Starts in the background whatever is slow to start, and returns at once. Called only for a quick look, where all
     * benchmarks begin before the first one measures and find what they started in {@link Bench#kept()}.
     */
    default void begin(Bench bench) throws IOException {}

    /**
     * Measures, and cleans up after itself even if it fails.
     *
     * @throws IOException if something that it needs is missing, or if what it measured misbehaved
     * @throws InterruptedException if the run is stopped
     */
    Section run(Bench bench) throws IOException, InterruptedException;
}
