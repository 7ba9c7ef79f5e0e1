package tavern.server.it;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Connection;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tavern.server.services.RabbitProcess;
import tavern.server.services.RedisProcess;
import tavern.server.services.TcpProxy;

/** A test's own Redis and RabbitMQ, with a proxy before each, and what an auditor needs. */
final class TestServices implements AutoCloseable {
    private static final String REALM = "main";

    private final RedisProcess redis;
    private final RabbitProcess rabbit;
    private final TcpProxy toRedis;
    private final TcpProxy toRabbit;
    private int realms;

    private TestServices(RedisProcess redis, RabbitProcess rabbit) throws IOException {
        this.redis = redis;
        this.rabbit = rabbit;
        toRedis = TcpProxy.to(redis.port());
        toRabbit = TcpProxy.to(rabbit.port());
    }

    static TestServices start(Path folder) throws Exception {
        Files.createDirectories(folder);
        RedisProcess redis = RedisProcess.start(folder.resolve("redis"));
        try {
            return new TestServices(redis, RabbitProcess.start(folder.resolve("rabbit")));
        } catch (Exception e) {
            redis.close();
            throw e;
        }
    }

    RedisProcess redis() {
        return redis;
    }

    RabbitProcess rabbit() {
        return rabbit;
    }

    TcpProxy toRedis() {
        return toRedis;
    }

    TcpProxy toRabbit() {
        return toRabbit;
    }

    // ---- for servers ----

    /** Settings of a server that reaches both through the proxies, with short time-outs. @param more {@code key=value} */
    String[] settings(String... more) {
        return settings(through(redis.uri(), toRedis), through(rabbit.uri(), toRabbit), more);
    }

    /** Settings of a server that reaches both directly, and waits for Redis as long as a busy machine may take. */
    String[] directSettings(String... more) {
        String[] all = Stream.concat(Stream.of("store.redis.command-timeout-millis=5000"), Stream.of(more))
                .toArray(String[]::new);
        return settings(redis.uri(), rabbit.uri(), all);
    }

    /** Settings of a server that reaches both directly, with a realm that nobody has used. */
    String[] freshRealm(String... more) {
        return directSettings(Stream.concat(Stream.of("realm=realm" + ++realms), Stream.of(more))
                .toArray(String[]::new));
    }

    private static String[] settings(String redisUri, String rabbitUri, String... more) {
        String[] all = {
            "store.kind=redis",
            "store.redis.uri=" + redisUri,
            "feed.kind=rabbitmq",
            "feed.rabbitmq.uri=" + rabbitUri,
            "feed.rabbitmq.ledger-queue=true",
            "feed.rabbitmq.confirm-timeout-seconds=3",
            "cluster.lease-millis=2000",
            "node.id=one"
        };
        return Stream.concat(Stream.of(all), Stream.of(more)).toArray(String[]::new);
    }

    private static String through(String uri, TcpProxy proxy) {
        return uri.replaceFirst(":\\d+(/|$)", ":" + proxy.port() + "$1");
    }

    // ---- for auditors ----

    /** Empties both; the queue itself stays. */
    void clear() throws Exception {
        asked(RedisCommands::flushall);
        try (FeedQueue queue = new FeedQueue(rabbit.uri())) {
            queue.purge();
        }
    }

    interface Question<T> {
        T of(RedisCommands<String, String> redis) throws Exception;
    }

    /** Asks Redis itself, on a connection of its own. */
    <T> T asked(Question<T> question) throws Exception {
        RedisClient client = RedisClient.create(redis.uri());
        try (var connection = client.connect()) {
            return question.of(connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }

    /** Opens a connection that does not lead through the proxy. */
    Connection rabbitConnection() throws IOException {
        return FeedQueue.connect(rabbit.uri());
    }

    /** The contents of each key, as Redis dumps them. */
    Map<String, String> redisContents() throws Exception {
        return asked(commands -> {
            Map<String, String> contents = new TreeMap<>();
            commands.keys("*").forEach(key -> contents.put(key, HexFormat.of().formatHex(commands.dump(key))));
            return contents;
        });
    }

    /** @return what is wrong in Redis; empty when nothing is */
    List<String> audit(Collection<Deal> deals) throws Exception {
        return asked(commands -> new RedisBooksAuditor(commands, REALM).audit(deals));
    }

    /** The newest fence of each room. */
    List<String> fences(List<String> rooms) throws Exception {
        return asked(commands -> new RedisBooksAuditor(commands, REALM).fences(rooms));
    }

    long outboxRows() throws Exception {
        return asked(commands -> new RedisBooksAuditor(commands, REALM).outboxRows());
    }

    /** Waits until the outbox has drained, and takes all that was published. */
    PublishedTrades published() throws Exception {
        await("the outbox to drain").until(() -> outboxRows() == 0);
        PublishedTrades publications = new PublishedTrades();
        try (FeedQueue queue = new FeedQueue(rabbit.uri())) {
            publications.add(queue.drain());
        }
        return publications;
    }

    @Override
    public void close() throws Exception {
        toRedis.close();
        toRabbit.close();
        redis.close();
        rabbit.close();
    }
}
