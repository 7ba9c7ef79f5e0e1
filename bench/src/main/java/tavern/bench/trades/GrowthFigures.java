package tavern.bench.trades;

import com.google.gson.JsonObject;
import java.util.Map;

/**
 * What became of one store.
 *
 * @param first the sizes when the window was full for the first time, in bytes, by what they belong to
 * @param last the sizes at the end
 * @param firstCpuMicros CPU time of a transaction in the window after that
 * @param lastCpuMicros CPU time of a transaction in the last window
 * @param welcomeMillis from the start of a server on this store until the first player was welcomed
 * @param booksSeconds from the start of that server until its books were complete
 */
record GrowthFigures(
        String key,
        String title,
        long entries,
        Map<String, Long> first,
        Map<String, Long> last,
        double firstCpuMicros,
        double lastCpuMicros,
        double welcomeMillis,
        double booksSeconds) {
    double growth(String what) {
        return last.getOrDefault(what, 0L) / (double) Math.max(1, first.getOrDefault(what, 0L));
    }

    double cost() {
        return lastCpuMicros / firstCpuMicros;
    }

    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("entries", entries);
        JsonObject sizes = new JsonObject();
        first.forEach((what, bytes) -> {
            JsonObject size = new JsonObject();
            size.addProperty("firstBytes", bytes);
            size.addProperty("lastBytes", last.getOrDefault(what, 0L));
            sizes.add(what, size);
        });
        json.add("sizes", sizes);
        json.addProperty("firstCpuMicros", firstCpuMicros);
        json.addProperty("lastCpuMicros", lastCpuMicros);
        json.addProperty("welcomeMs", Math.round(welcomeMillis));
        json.addProperty("booksSeconds", booksSeconds);
        return json;
    }
}
