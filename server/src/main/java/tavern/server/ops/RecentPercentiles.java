package tavern.server.ops;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Percentiles of the last seconds, from histograms that count since the start. One thread takes a sample every second.
 */
final class RecentPercentiles {
    private static final int SECONDS = 10;

    private final MeterRegistry registry;
    private final String meter;
    private final Tags tags;
    private final Deque<NavigableMap<Double, Double>> samples = new ArrayDeque<>();

    /** @param tags keys and values that the timers have */
    RecentPercentiles(MeterRegistry registry, String meter, String... tags) {
        this.registry = registry;
        this.meter = meter;
        this.tags = Tags.of(tags);
    }

    Overview.Spread sample() {
        NavigableMap<Double, Double> now = new TreeMap<>();
        double count = 0;
        for (Timer timer : registry.find(meter).tags(tags).timers()) {
            for (CountAtBucket bucket : timer.takeSnapshot().histogramCounts()) {
                now.merge(bucket.bucket(TimeUnit.MILLISECONDS), bucket.count(), Double::sum);
            }
            count += timer.count();
        }
        now.merge(Double.POSITIVE_INFINITY, count, Math::max);
        samples.addLast(now);
        if (samples.size() > SECONDS + 1) {
            samples.removeFirst();
        }
        return new Overview.Spread(percentile(now, 0.5), percentile(now, 0.99));
    }

    private double percentile(NavigableMap<Double, Double> now, double share) {
        NavigableMap<Double, Double> then = samples.getFirst();
        double all = now.lastEntry().getValue() - then.getOrDefault(Double.POSITIVE_INFINITY, 0.0);
        if (all <= 0) {
            return 0;
        }
        double largest = 0;
        for (var bucket : now.entrySet()) {
            double upTo = bucket.getValue() - then.getOrDefault(bucket.getKey(), 0.0);
            if (bucket.getKey().isInfinite()) {
                break;
            }
            largest = bucket.getKey();
            if (upTo >= share * all) {
                return largest;
            }
        }
        // Beyond the last bucket, so this is only a lower bound.
        return largest;
    }
}
