package tavern.bench.trades;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;

/** The Redis and the RabbitMQ that contenders use one after another, accessed from outside the server. */
final class Backends implements AutoCloseable {
    static final String REALM = "main";
    static final String OUTBOX = "{" + REALM + "}:outbox";

    private static final String USED_MEMORY = "used_memory:";

    private final String redisUri;
    private final String rabbitUri;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> redis;

    Backends(String redisUri, String rabbitUri) {
        this.redisUri = redisUri;
        this.rabbitUri = rabbitUri;
        client = RedisClient.create(redisUri);
        redis = client.connect();
    }

    String redisUri() {
        return redisUri;
    }

    String rabbitUri() {
        return rabbitUri;
    }

    /** Number of rows in the realm's outbox. */
    long outboxRows() {
        return redis.sync().xlen(OUTBOX);
    }

    /** All memory that Redis uses. */
    long usedMemory() throws IOException {
        return redis.sync()
                .info("memory")
                .lines()
                .filter(line -> line.startsWith(USED_MEMORY))
                .mapToLong(line ->
                        Long.parseLong(line.substring(USED_MEMORY.length()).strip()))
                .findFirst()
                .orElseThrow(() -> new IOException("Redis does not say how much memory it uses"));
    }

    /** The memory of the realm's keys that match a pattern. */
    long memoryOf(String pattern) {
        long bytes = 0;
        ScanIterator<String> keys =
                ScanIterator.scan(redis.sync(), ScanArgs.Builder.matches("{" + REALM + "}:" + pattern));
        while (keys.hasNext()) {
            Long size = redis.sync().memoryUsage(keys.next());
            bytes += size == null ? 0 : size;
        }
        return bytes;
    }

    /** Deletes whatever an earlier contender has left. */
    void empty() throws IOException {
        redis.sync().flushall();
        new ConfirmedPublisher(rabbitUri, 1).close();
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
