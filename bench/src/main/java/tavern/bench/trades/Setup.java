package tavern.bench.trades;

import java.util.Map;

/**
 * A store, and what is behind it.
 *
 * @param key of the figures over many rooms
 * @param settings of the server
 * @param reset empties what is shared with others
 */
record Setup(String key, String title, Map<String, String> settings, Runnable emptying) {
    static Setup embedded() {
        return new Setup("embedded", "embedded store", Map.of("store.kind", "embedded"), () -> {});
    }

    void reset() {
        emptying.run();
    }
}
