package tavern.server.ops;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import tavern.server.ops.books.Books;
import tavern.server.ops.books.EconomyReport;

/** Whether goods add up, and how far the books are. */
final class BookMetrics {
    private BookMetrics() {}

    static void register(Books books, MeterRegistry registry) {
        Gauge.builder("tavern.economy.holds", books, all -> holds(all.economy()))
                .description("0: players do not own what the ledger says; not a number: not checked yet")
                .register(registry);
        FunctionCounter.builder(
                        "tavern.economy.checks", books, all -> all.economy().checks())
                .register(registry);
        Gauge.builder("tavern.books.behind", books, all -> all.behindMillis() / 1_000.0)
                .description("How old the books of trades are at most")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("tavern.books.entries", books, Books::entries).register(registry);
    }

    private static double holds(EconomyReport economy) {
        return !economy.checked() ? Double.NaN : economy.holds() ? 1 : 0;
    }
}
