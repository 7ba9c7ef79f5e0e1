package tavern.server.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import tavern.server.feed.FeedStatus;
import tavern.server.store.StoreStats;

/** Takes an overview of the server once a second, on one thread; the newest may be read on any thread. */
final class Sampler {
    /** The names of counters in the overview. */
    private static final Map<String, String> TOTALS = new TreeMap<>(Map.of(
            "connectionsRefused", "tavern.net.connections.refused",
            "snapshotsSkipped", "tavern.net.snapshots.skipped",
            "movesDropped", "tavern.session.moves.dropped",
            "movesRejected", "tavern.room.moves.rejected",
            "rateLimited", "tavern.session.rate.limited",
            "busy", "tavern.room.requests.refused",
            "failures", "tavern.room.failures",
            "logins", "tavern.session.logins",
            "loginsRefused", "tavern.session.logins.refused",
            "tradesCommitted", "tavern.room.trades.committed"));

    private final OpsServices services;
    private final MeterRegistry registry;
    private final Health health;
    private final long startMillis;
    private final RecentPercentiles tick;
    private final RecentPercentiles tickLate;
    private final RecentPercentiles action;
    private final RecentPercentiles wait;
    private final TurnLoads turns;
    private Map<String, Double> before = Map.of();
    private long beforeMillis;
    private volatile Map<String, Double> rates = Map.of();
    private volatile Overview newest;

    Sampler(OpsServices services, Health health) {
        this.services = services;
        this.registry = services.metrics();
        this.health = health;
        this.startMillis = services.clocks().monotonic().millis();
        this.beforeMillis = startMillis;
        tick = new RecentPercentiles(registry, "tavern.room.tick");
        tickLate = new RecentPercentiles(registry, "tavern.room.tick.late");
        action = new RecentPercentiles(registry, "tavern.room.action");
        wait = new RecentPercentiles(registry, "tavern.room.wait");
        turns = new TurnLoads(registry);
        newest = sample();
    }

    /** The turns of each type of rooms, as of the newest sample. */
    TurnLoads turns() {
        return turns;
    }

    Overview newest() {
        return newest;
    }

    /** The rate of a sampled counter in the last second. */
    double perSecond(String name) {
        return rates.getOrDefault(name, 0.0);
    }

    /** Confined to the sampling thread. */
    Overview sample() {
        long now = services.clocks().monotonic().millis();
        double seconds = Math.max(1, now - beforeMillis) / 1_000.0;
        Map<String, Double> counts = counts();
        Map<String, Double> changes = new TreeMap<>();
        counts.forEach((name, count) -> changes.put(name, (count - before.getOrDefault(name, count)) / seconds));
        before = counts;
        beforeMillis = now;
        rates = changes;
        turns.sample(services.games().current().types().keySet(), seconds);
        newest = describe(now, changes);
        return newest;
    }

    private Map<String, Double> counts() {
        Map<String, Double> counts = new TreeMap<>();
        for (Counter counter : registry.find("tavern.session.messages").counters()) {
            counts.put("kind " + counter.getId().getTag("kind"), counter.count());
        }
        for (String name : List.of(
                "tavern.room.trades.committed", "tavern.net.bytes.in", "tavern.net.bytes.out", FeedViews.CONFIRMED)) {
            counts.put(name, total(name));
        }
        return counts;
    }

    private double total(String name) {
        return registry.find(name).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private Overview describe(long now, Map<String, Double> rates) {
        Map<String, Double> actions = new TreeMap<>();
        rates.forEach((name, rate) -> {
            if (name.startsWith("kind ") && rate > 0) {
                actions.put(name.substring("kind ".length()), rate);
            }
        });
        StoreStats store = services.store().stats().get();
        Runtime runtime = Runtime.getRuntime();
        Overview.Spread late = tickLate.sample();
        return new Overview(
                services.self().id(),
                services.version(),
                services.clocks().wall().millis(),
                TimeUnit.MILLISECONDS.toSeconds(now - startMillis),
                services.host().isDraining(),
                health.degraded(late.p99()),
                services.sessions().size(),
                services.host().connections(),
                services.rooms().size(),
                actions,
                rates.getOrDefault("tavern.room.trades.committed", 0.0),
                rates.getOrDefault("tavern.net.bytes.in", 0.0),
                rates.getOrDefault("tavern.net.bytes.out", 0.0),
                tick.sample(),
                late,
                action.sample(),
                wait.sample(),
                new Overview.StoreState(
                        services.storeKind(),
                        store.available(),
                        store.inFlight(),
                        store.outboxRows(),
                        store.outbox().rowsMax()),
                feed(rates),
                totals(),
                services.sessions().freezes().all(),
                runtime.totalMemory() - runtime.freeMemory(),
                runtime.maxMemory());
    }

    private Overview.FeedState feed(Map<String, Double> rates) {
        FeedStatus now = services.feed().status();
        return new Overview.FeedState(
                services.feed().kind().name().toLowerCase(Locale.ROOT),
                now.relaying(),
                now.connected(),
                now.blocked(),
                rates.getOrDefault(FeedViews.CONFIRMED, 0.0),
                now.deadLetters());
    }

    private Map<String, Long> totals() {
        Map<String, Long> totals = new LinkedHashMap<>();
        TOTALS.forEach((shown, name) -> totals.put(shown, (long) total(name)));
        totals.put("slowConsumers", tagged("tavern.net.connections.closed", "code", "SLOW_CONSUMER"));
        totals.put("cacheHits", tagged("cache.gets", "result", "hit"));
        totals.put("cacheMisses", tagged("cache.gets", "result", "miss"));
        return totals;
    }

    private long tagged(String name, String tag, String value) {
        return (long) registry.find(name).tag(tag, value).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }
}
