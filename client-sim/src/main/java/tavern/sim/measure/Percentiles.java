package tavern.sim.measure;

import org.HdrHistogram.Histogram;

/** Latency percentiles in milliseconds; all zero when nothing was recorded. */
public record Percentiles(double p50, double p90, double p99, double p999, double max) {
    public static Percentiles of(Histogram micros) {
        return new Percentiles(
                at(micros, 50), at(micros, 90), at(micros, 99), at(micros, 99.9), micros.getMaxValue() / 1e3);
    }

    static double at(Histogram micros, double percentile) {
        return micros.getTotalCount() == 0 ? 0 : micros.getValueAtPercentile(percentile) / 1e3;
    }
}
