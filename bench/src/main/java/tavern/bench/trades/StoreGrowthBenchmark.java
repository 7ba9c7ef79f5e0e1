package tavern.bench.trades;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tavern.bench.Bench;
import tavern.bench.BenchServices;
import tavern.bench.Benchmark;
import tavern.bench.Section;

/** Measures how large a store becomes, and what that costs, when trades go on for much longer than they are kept. */
public final class StoreGrowthBenchmark implements Benchmark {
    private static final String EMBEDDED = "embedded";
    private static final String REDIS = "redis";

    /**
     * How much is written.
     *
     * @param booksMax how long to watch the books being computed
     */
    record Span(long trades, Duration booksMax) {
        private static final Span FULL = new Span(10_000_000, Duration.ofSeconds(60));
        private static final Span QUICK = new Span(40_000, Duration.ofSeconds(5));

        static Span of(Bench bench) {
            Span usual = bench.quick() ? QUICK : FULL;
            return new Span(bench.transactions() > 0 ? bench.transactions() : usual.trades, usual.booksMax);
        }
    }

    @Override
    public String kind() {
        return "growth";
    }

    @Override
    public String description() {
        return "sizes of stores and books, cost of a trade and time of a start after many windows of history";
    }

    @Override
    public boolean isInQuickLook() {
        return false;
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        Span span = Span.of(bench);
        bench.progress().begin(2 * StoreGrowth.WINDOWS);
        List<GrowthFigures> figures = new ArrayList<>();
        if (bench.asksFor(EMBEDDED)) {
            figures.add(embedded(bench, span));
        }
        if (bench.asksFor(REDIS)) {
            try (BenchServices services =
                            BenchServices.begin(bench.root(), bench.folder().resolve("growth-services"));
                    Backends backends = backends(services)) {
                figures.add(new StoreGrowth(bench, Setup.redis(backends), services.redisPid(), span).measure());
            }
        }
        return new StoreGrowthSection(figures);
    }

    private static Backends backends(BenchServices services) throws IOException, InterruptedException {
        services.awaitReady();
        return new Backends(services.redisUri(), services.rabbitUri());
    }

    static GrowthFigures embedded(Bench bench, Span span) throws IOException, InterruptedException {
        return new StoreGrowth(bench, Setup.embedded(), null, span).measure();
    }
}
