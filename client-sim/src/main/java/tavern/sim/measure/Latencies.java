package tavern.sim.measure;

import org.HdrHistogram.Histogram;

/**
 * The three latency histograms, in microseconds from when the action was <em>due</em>: an action delayed because the
 * one before it was slow counts with its delay, which corrects for coordinated omission.
 */
public final class Latencies {
    private static final long HIGHEST_MICROS = 120_000_000;

    private final Histogram move = histogram();
    private final Histogram chat = histogram();
    private final Histogram trade = histogram();

    /** An empty histogram of latencies in microseconds, up to two minutes. */
    public static Histogram histogram() {
        return new Histogram(HIGHEST_MICROS, 3);
    }

    public Histogram move() {
        return move;
    }

    public Histogram chat() {
        return chat;
    }

    public Histogram trade() {
        return trade;
    }

    /**
     * Records one latency, capped at two minutes.
     *
     * @param nanos the latency; nothing is recorded when it is negative
     */
    public static void record(Histogram histogram, long nanos) {
        if (nanos >= 0) {
            histogram.recordValue(Math.min(nanos / 1_000, HIGHEST_MICROS));
        }
    }

    /** What was recorded since {@code earlier}, a copy of an earlier state of these latencies. */
    public Latencies since(Latencies earlier) {
        Latencies between = new Latencies();
        between.add(this);
        between.move.subtract(earlier.move);
        between.chat.subtract(earlier.chat);
        between.trade.subtract(earlier.trade);
        return between;
    }

    void add(Latencies other) {
        move.add(other.move);
        chat.add(other.chat);
        trade.add(other.trade);
    }

    void reset() {
        move.reset();
        chat.reset();
        trade.reset();
    }
}
