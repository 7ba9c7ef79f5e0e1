package tavern.server.ops;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import tavern.server.books.Books;
import tavern.server.books.EconomyReport;

/** Metrics of the economy's check, and of how far the books have come. */
final class BookMetrics {
    private BookMetrics() {}

    static void register(Books books, MeterRegistry registry) {
        Gauge.builder("tavern.economy.holds", books, all -> holds(all.economy()))
                .description("0 when players do not own what the ledger says; not a number before the first check")
                .register(registry);
        FunctionCounter.builder(
                        "tavern.economy.checks", books, all -> all.economy().checks())
                .register(registry);
        Gauge.builder("tavern.books.behind", books, all -> all.behindMillis() / 1_000.0)
                .description("Maximum age of the books of trades")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("tavern.books.entries", books, Books::entries).register(registry);
    }

    private static double holds(EconomyReport economy) {
        return !economy.checked() ? Double.NaN : economy.holds() ? 1 : 0;
    }
}
