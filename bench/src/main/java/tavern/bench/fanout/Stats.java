package tavern.bench.fanout;

import com.google.gson.JsonArray;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** One figure over several rounds. */
record Stats(double median, double lowest, double highest, List<Double> rounds) {
    /** The median; for an even number of rounds, the mean of the two in the middle. */
    static Stats of(List<Double> rounds) {
        List<Double> sorted = rounds.stream().sorted().toList();
        int size = sorted.size();
        double median = size == 0 ? Double.NaN : (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
        return size == 0
                ? new Stats(median, median, median, rounds)
                : new Stats(median, sorted.get(0), sorted.get(size - 1), rounds);
    }

    static <T> Stats of(List<T> samples, ToDoubleFunction<T> figure) {
        return of(samples.stream().map(figure::applyAsDouble).toList());
    }

    JsonArray json(double scale) {
        JsonArray all = new JsonArray();
        rounds.forEach(each -> all.add(round(each, scale)));
        return all;
    }

    String range(String format) {
        return String.format(Locale.ROOT, format + "-" + format, lowest, highest);
    }

    /** Rounds to as many decimals as the scale has zeros; null for NaN and infinity, which JSON does not have. */
    static @Nullable Double round(double value, double scale) {
        return Double.isFinite(value) ? (Double) (Math.round(value * scale) / scale) : null;
    }
}
