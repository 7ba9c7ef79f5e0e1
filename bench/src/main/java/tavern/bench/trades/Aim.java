package tavern.bench.trades;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a figure is to reach: at least so many times another figure, or so many a second.
 *
 * @param of the figure's key
 * @param over the other figure's key; empty: the aim is a rate
 */
record Aim(String what, String of, String over, double atLeast) {
    /** Empty when one of the figures is missing. @param perSecond by key */
    OptionalDouble reached(Map<String, Double> perSecond) {
        Double figure = perSecond.get(of);
        Double base = over.isEmpty() ? Double.valueOf(1) : perSecond.get(over);
        return figure == null || base == null ? OptionalDouble.empty() : OptionalDouble.of(figure / base);
    }

    boolean isMet(double reached) {
        return reached >= atLeast;
    }

    String format(double value) {
        return String.format(Locale.ROOT, over.isEmpty() ? "%,.0f/s" : "%.2f x", value);
    }
}
