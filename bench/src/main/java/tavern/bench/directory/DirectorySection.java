package tavern.bench.directory;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.Locale;
import tavern.bench.Section;
import tavern.sim.measure.Percentiles;

/**
 * What was measured.
 *
 * @param ownerCores CPU of the server with the rooms
 * @param observerCores CPU of the one that only hears of them
 * @param redisCores CPU of Redis, for both and the benchmark
 * @param pages milliseconds of a page as a player gets it, from the query to its bytes
 * @param operatorPages the same for an operator's page of the fullest rooms, for which all rooms are looked at
 * @param fillSeconds until all rooms were known elsewhere after they were opened at once
 */
record DirectorySection(
        DirectoryPace pace,
        double ownerCores,
        double observerCores,
        double redisCores,
        Percentiles pages,
        Percentiles operatorPages,
        double fillSeconds)
        implements Section {
    static final double CORES_MAX = 0.02;
    static final double PAGE_MILLIS_MAX = 5;

    @Override
    public String key() {
        return "directory";
    }

    private boolean isMet() {
        return ownerCores <= CORES_MAX
                && observerCores <= CORES_MAX
                && pages.p99() <= PAGE_MILLIS_MAX
                && operatorPages.p99() <= PAGE_MILLIS_MAX;
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("rooms", pace.rooms());
        json.addProperty("players", pace.players());
        json.addProperty("joinsPerSecond", pace.joinsPerSecond());
        json.addProperty("windowSeconds", pace.window().toMillis() / 1e3);
        json.addProperty("ownerCores", ownerCores);
        json.addProperty("observerCores", observerCores);
        json.addProperty("redisCores", redisCores);
        json.add("pageMs", json(pages));
        json.add("operatorPageMs", json(operatorPages));
        json.addProperty("fillSeconds", fillSeconds);
        json.addProperty("met", isMet());
        return json;
    }

    private static JsonObject json(Percentiles millis) {
        JsonObject json = new JsonObject();
        json.addProperty("p50", millis.p50());
        json.addProperty("p99", millis.p99());
        json.addProperty("max", millis.max());
        return json;
    }

    @Override
    public void print(PrintWriter out) {
        line(
                out,
                "directory: %,d rooms and %,d players on one server, of whom %,d a second change rooms; another server hears of it",
                pace.rooms(),
                pace.players(),
                pace.joinsPerSecond());
        line(out, "a window of %.0f s", pace.window().toMillis() / 1e3);
        line(out, "");
        line(out, "%-42s %8.2f %%", "of a core, the server with the rooms", 100 * ownerCores);
        line(out, "%-42s %8.2f %%", "of a core, the other server", 100 * observerCores);
        line(out, "%-42s %8.2f %%", "of a core, Redis", 100 * redisCores);
        line(out, "%-42s %8.1f s", "until all rooms were known", fillSeconds);
        line(out, "%-42s %8s %8s %8s", "milliseconds", "p50", "p99", "max");
        line(out, "%-42s %8.3f %8.3f %8.3f", "a player's page of 50", pages.p50(), pages.p99(), pages.max());
        line(
                out,
                "%-42s %8.3f %8.3f %8.3f",
                "an operator's page of the 50 fullest",
                operatorPages.p50(),
                operatorPages.p99(),
                operatorPages.max());
        line(out, "");
        line(
                out,
                "at most %.0f %% of a core for a server, and p99 of a page at most %.0f ms: %s",
                100 * CORES_MAX,
                PAGE_MILLIS_MAX,
                isMet() ? "met" : "missed");
    }

    private static void line(PrintWriter out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
