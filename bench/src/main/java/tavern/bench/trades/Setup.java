package tavern.bench.trades;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A store, and what is behind it.
 *
 * @param key of the figures over many rooms
 * @param settings of the server
 * @param backends that it shares with others; null: none
 */
record Setup(
        String key,
        String title,
        Map<String, String> settings,
        @Nullable Backends backends) {
    static Setup embedded() {
        return new Setup("embedded", "embedded store", Map.of("store.kind", "embedded"), null);
    }

    static Setup redis(Backends backends) {
        Map<String, String> settings = Map.of("store.kind", "redis", "store.redis.uri", backends.redisUri());
        return new Setup("redis", "Redis", settings, backends);
    }

    static Setup redisRabbit(Backends backends) {
        Map<String, String> settings = Map.of(
                "store.kind",
                "redis",
                "store.redis.uri",
                backends.redisUri(),
                "feed.kind",
                "rabbitmq",
                "feed.rabbitmq.uri",
                backends.rabbitUri());
        return new Setup("redisRabbit", "Redis + RabbitMQ", settings, backends);
    }

    /** Nothing is left of whoever was there before. */
    void empty() throws IOException {
        if (backends != null) {
            backends.empty();
        }
    }

    /** Committed and not yet confirmed by the broker, asked from outside of the server. */
    long outboxRows() {
        return backends == null ? 0 : backends.outboxRows();
    }
}
