package tavern.bench.trades;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import tavern.bench.Section;

/** Rates of trades or turns, their ratios and the aims. */
final class TradesSection implements Section {
    static final List<Aim> AIMS = List.of(
            Aim.rate("embedded store, 100 rooms", "embedded", 45_000),
            Aim.ratio("embedded store, hot room / 100 rooms", "embeddedHot", "embedded", 0.95),
            Aim.ratio("embedded store, 10,000 items / none", "embeddedItems", "embeddedFew", 0.9),
            Aim.size("embedded store, result with 10,000 items", "embeddedItems", 200),
            Aim.ratio("embedded store, three parties / plain trade", "embeddedThree", "embeddedPlain", 0.6),
            Aim.ratio("Redis / bare script, 100 rooms", "redis", "bareScript", 0.9),
            Aim.ratio("Redis, hot room / 100 rooms", "redisHot", "redis", 0.95),
            Aim.ratio("Redis, 10,000 items / none", "redisItems", "redisFew", 0.9),
            Aim.size("Redis, result with 10,000 items", "redisItems", 200),
            Aim.ratio("Redis, three parties / plain trade", "redisThree", "redisPlain", 0.6),
            Aim.ratio("Redis + RabbitMQ / textbook lock, hot room", "redisRabbitHot", "lockHot", 50),
            Aim.ratio("Redis + RabbitMQ / textbook lock, 100 rooms", "redisRabbit", "lock", 4),
            Aim.ratio("Redis + RabbitMQ / bare script and relay", "redisRabbit", "bareScriptRelay", 0.70),
            Aim.ratio("Redis + RabbitMQ, hot room / the same", "redisRabbitHot", "bareScriptRelay", 0.70),
            Aim.rate("over TCP, embedded store", "tcpEmbedded", 20_000),
            Aim.rate("over TCP, Redis", "tcpRedis", 5_000),
            Aim.rate("over TCP, Redis + RabbitMQ", "tcpRedisRabbit", 12_000));

    private final String kind;
    private final List<Aim> aims;
    private final Pace pace;
    private final List<Figure> figures;
    private final Map<String, Figure> byKey = new LinkedHashMap<>();

    /** @param kind what is counted; the section's key */
    TradesSection(String kind, List<Aim> aims, Pace pace, List<Figure> figures) {
        this.kind = kind;
        this.aims = aims;
        this.pace = pace;
        this.figures = figures;
        figures.forEach(figure -> byKey.put(figure.key(), figure));
    }

    @Override
    public String key() {
        return kind;
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        byKey.forEach((key, figure) ->
                json.addProperty(key + "PerSecond", Math.round(figure.median().perSecond())));
        json.addProperty("rounds", pace.rounds());
        json.addProperty("warmUpSeconds", pace.warmUp().toMillis() / 1e3);
        json.addProperty("windowSeconds", pace.window().toMillis() / 1e3);
        JsonArray reached = new JsonArray();
        for (Aim aim : aims) {
            aim.reached(byKey).ifPresent(value -> reached.add(json(aim, value)));
        }
        json.add("aims", reached);
        JsonArray all = new JsonArray();
        figures.forEach(figure -> all.add(figure.json()));
        json.add("figures", all);
        return json;
    }

    private static JsonObject json(Aim aim, double reached) {
        JsonObject json = new JsonObject();
        json.addProperty("what", aim.what());
        json.addProperty("reached", Math.round(reached * 100) / 100.0);
        json.addProperty(aim.isAtMost() ? "atMost" : "aim", aim.bound());
        json.addProperty("met", aim.isMet(reached));
        return json;
    }

    @Override
    public void print(PrintWriter out) {
        SortedSet<String> processes = new TreeSet<>();
        figures.forEach(figure -> processes.addAll(figure.median().cpuMicros().keySet()));
        line(
                out,
                "%s: medians of %d rounds of all in turn, %.1f s each after %.1f s of warming up, %.1f s in the first round,"
                        + " %.1f s for servers over TCP",
                kind,
                pace.rounds(),
                pace.window().toMillis() / 1e3,
                pace.warmUp().toMillis() / 1e3,
                pace.warmUp().toMillis() * Contender.WARM_UPS_AT_FIRST / 1e3,
                pace.warmUp().toMillis() * Contender.WARM_UPS_OF_OWN_JVM / 1e3);
        line(out, "");
        StringBuilder head =
                new StringBuilder(format("%-54s %10s %17s %7s", "", "per second", "lowest-highest", "lag"));
        processes.forEach(process -> head.append(format(" %9s", process)));
        line(out, "%s   CPU µs each", head);
        figures.forEach(figure -> line(out, "%s", row(figure, processes)));
        line(out, "");
        line(out, "%-54s %10s %17s", "aims", "reached", "aim");
        for (Aim aim : aims) {
            aim.reached(byKey).ifPresent(reached -> line(out, "%s", row(aim, reached)));
        }
    }

    private static String row(Figure figure, SortedSet<String> processes) {
        Sample median = figure.median();
        String range = format("%,.0f-%,.0f", figure.lowest(), figure.highest());
        StringBuilder row = new StringBuilder(
                format("%-54s %,10.0f %17s %,7d", figure.title(), median.perSecond(), range, median.lag()));
        for (String process : processes) {
            Double micros = median.cpuMicros().get(process);
            row.append(micros == null ? format(" %9s", "") : format(" %9.1f", micros));
        }
        return row.toString();
    }

    private static String row(Aim aim, double reached) {
        return format(
                "%-54s %10s %17s  %s",
                aim.what(),
                aim.format(reached),
                (aim.isAtMost() ? "at most " : "at least ") + aim.format(aim.bound()),
                aim.isMet(reached) ? "met" : "missed");
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static void line(PrintWriter out, String format, Object... values) {
        out.println(format(format, values));
    }
}
