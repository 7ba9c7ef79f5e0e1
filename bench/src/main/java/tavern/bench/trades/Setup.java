package tavern.bench.trades;

import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A store, and what is behind it.
 *
 * @param key of the figures over many rooms
 * @param settings of the server
 * @param emptying of what is shared with others
 * @param outbox how many rows wait, asked from outside of the server
 */
record Setup(String key, String title, Map<String, String> settings, Runnable emptying, LongSupplier outbox) {
    static Setup embedded() {
        return new Setup("embedded", "embedded store", Map.of("store.kind", "embedded"), () -> {}, () -> 0);
    }

    void reset() {
        emptying.run();
    }

    long outboxRows() {
        return outbox.getAsLong();
    }
}
