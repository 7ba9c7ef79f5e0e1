package tavern.bench.lists;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.Locale;
import tavern.bench.Section;
import tavern.sim.measure.Percentiles;

/** Compares calm players' pings while nobody lists rooms with their pings while many do. */
final class ListsSection implements Section {
    /** The highest accepted p99 of a calm player's ping while others list rooms. */
    static final double PING_P99_MILLIS_MAX = 50;

    private final ListsPace pace;
    private final ListsWindow alone;
    private final ListsWindow listed;

    ListsSection(ListsPace pace, ListsWindow alone, ListsWindow listed) {
        this.pace = pace;
        this.alone = alone;
        this.listed = listed;
    }

    @Override
    public String key() {
        return "lists";
    }

    private boolean isMet() {
        return listed.pings().p99() < PING_P99_MILLIS_MAX && listed.failed() == 0;
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("rooms", pace.rooms());
        json.addProperty("listingPlayers", pace.listing());
        json.addProperty("calmPlayers", pace.calm());
        json.addProperty("windowSeconds", pace.window().toMillis() / 1e3);
        json.addProperty("pingP99MsMax", PING_P99_MILLIS_MAX);
        json.addProperty("met", isMet());
        json.add("alone", json(alone));
        json.add("listed", json(listed));
        return json;
    }

    private static JsonObject json(ListsWindow window) {
        JsonObject json = new JsonObject();
        json.add("pingMs", json(window.pings()));
        json.add("pageMs", json(window.pages()));
        json.addProperty("pagesPerSecond", rounded(window.pagesPerSecond()));
        json.addProperty("failed", window.failed());
        json.addProperty("serverCores", rounded(window.cores()));
        return json;
    }

    private static JsonObject json(Percentiles millis) {
        JsonObject json = new JsonObject();
        json.addProperty("p50", rounded(millis.p50()));
        json.addProperty("p99", rounded(millis.p99()));
        json.addProperty("max", rounded(millis.max()));
        return json;
    }

    @Override
    public void print(PrintWriter out) {
        line(
                out,
                "lists: %,d open rooms; %,d calm players ping 4 times a second; %,d players ask for a page twice a second",
                pace.rooms(),
                pace.calm(),
                pace.listing());
        line(out, "windows of %.0f s", pace.window().toMillis() / 1e3);
        line(out, "");
        line(out, "%-22s %12s %12s", "", "nobody lists", "they list");
        line(out, "ping p50 ms", alone.pings().p50(), listed.pings().p50());
        line(out, "ping p99 ms", alone.pings().p99(), listed.pings().p99());
        line(out, "ping max ms", alone.pings().max(), listed.pings().max());
        line(out, "page p99 ms", alone.pages().p99(), listed.pages().p99());
        line(out, "pages a second", alone.pagesPerSecond(), listed.pagesPerSecond());
        line(out, "refused or unanswered", alone.failed(), listed.failed());
        line(out, "server's cores", alone.cores(), listed.cores());
        line(out, "");
        line(
                out,
                "a calm player's ping p99 while they list is %.2f ms; under %.0f with nothing refused: %s",
                listed.pings().p99(),
                PING_P99_MILLIS_MAX,
                isMet() ? "met" : "missed");
    }

    private static void line(PrintWriter out, String name, double before, double after) {
        line(out, "%-22s %12.2f %12.2f", name, before, after);
    }

    private static double rounded(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }

    private static void line(PrintWriter out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
