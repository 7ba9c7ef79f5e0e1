package tavern.server.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.search.Search;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The turns of each type of rooms, sampled once a second by one thread; the newest sample may be read on any. */
final class TurnLoads {
    /**
     * Of one type of rooms, on this server.
     *
     * @param perSecond turns, whatever came of them
     * @param refusedPerSecond of these, by games and by the store
     * @param computeMillis how long computing a turn takes
     * @param commitMillis from a turn's commit to its being durable
     * @param turns and the counts after it: since the start
     * @param waiting commits that the store has not answered
     */
    record TypeLoad(
            double perSecond,
            double refusedPerSecond,
            Overview.Spread computeMillis,
            Overview.Spread commitMillis,
            long turns,
            long refused,
            long failed,
            long recomputed,
            long slow,
            long waiting) {}

    private record Percentiles(RecentPercentiles compute, RecentPercentiles commit) {}

    private final MeterRegistry registry;
    private final Map<String, Percentiles> percentiles = new HashMap<>();
    private volatile Map<String, TypeLoad> newest = Map.of();

    TurnLoads(MeterRegistry registry) {
        this.registry = registry;
    }

    Map<String, TypeLoad> newest() {
        return newest;
    }

    /** @param seconds since the sample before */
    void sample(Set<String> types, double seconds) {
        Map<String, TypeLoad> loads = new TreeMap<>();
        types.forEach(type -> loads.put(type, sample(type, newest.get(type), seconds)));
        newest = loads;
    }

    private TypeLoad sample(String type, @Nullable TypeLoad before, double seconds) {
        Percentiles own = percentiles.computeIfAbsent(
                type,
                name -> new Percentiles(
                        new RecentPercentiles(registry, "tavern.turns.compute", "type", name),
                        new RecentPercentiles(registry, "tavern.turns.commit", "type", name)));
        long refused = count(find("tavern.turns.refused", type));
        long turns = count(find("tavern.turns", type)) + refused;
        return new TypeLoad(
                before == null ? 0 : (turns - before.turns()) / seconds,
                before == null ? 0 : (refused - before.refused()) / seconds,
                own.compute().sample(),
                own.commit().sample(),
                turns,
                refused,
                count(find("tavern.turns", type).tag("outcome", "failed")),
                count(find("tavern.turns.recomputed", type)),
                count(find("tavern.game.calls.slow", type)),
                (long) find("tavern.turns.waiting", type).gauges().stream()
                        .mapToDouble(Gauge::value)
                        .sum());
    }

    private Search find(String meter, String type) {
        return registry.find(meter).tag("type", type);
    }

    private static long count(Search search) {
        return (long) search.counters().stream().mapToDouble(Counter::count).sum();
    }
}
