package tavern.bench.trades;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;

/** The Redis and the RabbitMQ that contenders use one after another, as seen from outside of the server. */
final class Backends implements AutoCloseable {
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

    /** Rows of the realm's outbox. */
    long outboxRows() {
        return redis.sync().xlen(ScriptCall.OUTBOX);
    }

    /** Forgets whatever a contender before has left. */
    void empty() throws IOException {
        redis.sync().flushall();
        new ConfirmedPublisher(rabbitUri, 1).close();
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
