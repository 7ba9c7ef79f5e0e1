package tavern.bench.trades;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A store and the services behind it.
 *
 * @param key the key of the figures over many rooms
 * @param settings the server's settings
 * @param backends the services shared with other setups, or null for none
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
                backends.rabbitUri(),
                "feed.rabbitmq.ledger-queue",
                "true");
        return new Setup("redisRabbit", "Redis + RabbitMQ", settings, backends);
    }

    /** Deletes whatever earlier contenders have left. */
    void empty() throws IOException {
        if (backends != null) {
            backends.empty();
        }
    }

    /** Number of trades committed but not yet confirmed by the broker, read from outside the server. */
    long outboxRows() {
        return backends == null ? 0 : backends.outboxRows();
    }
}
