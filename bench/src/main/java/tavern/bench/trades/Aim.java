package tavern.bench.trades;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The target for a figure.
 *
 * @param of the key of the figure
 * @param over the key of the other figure of a ratio; empty if the aim is none
 * @param bound the least value, or the greatest if the aim is a size
 */
record Aim(String what, Unit unit, String of, String over, double bound) {
    /** What is compared with the bound. */
    enum Unit {
        /** The median rate. */
        PER_SECOND("%,.0f/s"),
        /** The median of the ratios of the rounds, so that what disturbs a whole round affects both. */
        RATIO("%.2f x"),
        /** The size of the largest result that was sent to a trader. */
        RESULT_BYTES("%,.0f B");

        private final String format;

        Unit(String format) {
            this.format = format;
        }
    }

    static Aim rate(String what, String of, double atLeast) {
        return new Aim(what, Unit.PER_SECOND, of, "", atLeast);
    }

    static Aim ratio(String what, String of, String over, double atLeast) {
        return new Aim(what, Unit.RATIO, of, over, atLeast);
    }

    static Aim size(String what, String of, double atMost) {
        return new Aim(what, Unit.RESULT_BYTES, of, "", atMost);
    }

    /** The value reached, or empty if a figure is missing. @param figures by key */
    OptionalDouble reached(Map<String, Figure> figures) {
        Figure figure = figures.get(of);
        if (figure == null) {
            return OptionalDouble.empty();
        }
        return switch (unit) {
            case PER_SECOND -> OptionalDouble.of(figure.median().perSecond());
            case RATIO -> ratio(figure, figures.get(over));
            case RESULT_BYTES -> OptionalDouble.of(figure.resultBytes());
        };
    }

    private static OptionalDouble ratio(Figure figure, @Nullable Figure other) {
        return other == null ? OptionalDouble.empty() : OptionalDouble.of(figure.over(other));
    }

    boolean isAtMost() {
        return unit == Unit.RESULT_BYTES;
    }

    boolean isMet(double reached) {
        return isAtMost() ? reached <= bound : reached >= bound;
    }

    String format(double value) {
        return String.format(Locale.ROOT, unit.format, value);
    }
}
