package tavern.bench.trades;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tavern.bench.Section;

/** Sizes, costs and times of each store, beside their aims. */
final class StoreGrowthSection implements Section {
    private static final double MEGABYTE = 1e6;

    private final List<GrowthFigures> stores;

    StoreGrowthSection(List<GrowthFigures> stores) {
        this.stores = stores;
    }

    /** @param atMost the aim */
    record Line(String what, double reached, double atMost) {
        boolean isMet() {
            return reached <= atMost;
        }
    }

    List<Line> aims() {
        List<Line> aims = new ArrayList<>();
        for (GrowthFigures store : stores) {
            String of = store.title() + ": ";
            aims.add(new Line(of + "size at the end / with one full window", store.growth(StoreSizes.WHOLE), 1.5));
            aims.add(new Line(of + "of it outcomes", store.growth(StoreSizes.OUTCOMES), 1.5));
            aims.add(new Line(of + "of it the ledger", store.growth(StoreSizes.LEDGER), 1.5));
            aims.add(new Line(of + "CPU of a trade at the end / at first", store.cost(), 1.1));
            aims.add(new Line(of + "start to the first Welcome, s", store.welcomeMillis() / 1e3, 5));
            aims.add(new Line(of + "books computed again, s", store.booksSeconds(), 60));
        }
        return aims;
    }

    @Override
    public String key() {
        return "growth";
    }

    @Override
    public JsonObject json() {
        JsonObject json = new JsonObject();
        stores.forEach(store -> json.add(store.key(), store.json()));
        JsonArray aims = new JsonArray();
        for (Line line : aims()) {
            JsonObject aim = new JsonObject();
            aim.addProperty("what", line.what());
            aim.addProperty("reached", line.reached());
            aim.addProperty("atMost", line.atMost());
            aim.addProperty("met", line.isMet());
            aims.add(aim);
        }
        json.add("aims", aims);
        return json;
    }

    @Override
    public void print(PrintWriter out) {
        for (GrowthFigures store : stores) {
            line(
                    out,
                    "growth, %s: %,d entries over %d windows; MB after two windows and at the end",
                    store.title(),
                    store.entries(),
                    StoreGrowth.WINDOWS);
            store.last()
                    .forEach((what, bytes) -> line(
                            out,
                            "  %-12s %12s %12.1f",
                            what,
                            store.first().containsKey(what)
                                    ? String.format(
                                            Locale.ROOT, "%.1f", store.first().get(what) / MEGABYTE)
                                    : "",
                            bytes / MEGABYTE));
            line(out, "  CPU µs of a trade %.1f, at the end %.1f", store.firstCpuMicros(), store.lastCpuMicros());
            line(out, "  books complete %.1f s after the start", store.booksSeconds());
            line(out, "");
        }
        line(out, "%-60s %10s %10s", "aims", "reached", "at most");
        for (Line aim : aims()) {
            line(
                    out,
                    "%-60s %10.2f %10.2f  %s",
                    aim.what(),
                    aim.reached(),
                    aim.atMost(),
                    aim.isMet() ? "met" : "missed");
        }
    }

    private static void line(PrintWriter out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
