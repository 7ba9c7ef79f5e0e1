package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.lettuce.core.AclSetuserArgs;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server whose Redis or RabbitMQ is unsuitable says so in one line, with the key and the cure and without the password,
 * ends with an exit code of its own, and has changed nothing in either.
 */
@Timeout(120)
class ServicesRefusedIT {
    private static final int FAILED = 1;
    private static final int MISCONFIGURED = 2;
    private static final String SECRET = "open-sesame";
    private static final int CLOSED_PORT = 1;

    @TempDir
    static Path processes;

    private static TestServices services;

    @TempDir
    Path folder;

    @BeforeAll
    static void startServices() throws Exception {
        services = TestServices.start(processes);
    }

    @AfterAll
    static void stopServices() throws Exception {
        services.close();
    }

    @BeforeEach
    void fresh() throws Exception {
        services.clear();
        // The data of a realm and of another program.
        TestServer.start(folder, services.directSettings()).close();
        services.asked(redis -> redis.rpush("{main}:player:1", "a poem", "by somebody else"));
    }

    // ---- Redis ----

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:6379", "redis:/nowhere", "redis://:" + SECRET + " %@localhost:6379", ""})
    void aRedisUriThatIsNone(String uri) throws Exception {
        assertThat(refusal(MISCONFIGURED, "store.redis.uri=" + uri)).contains("store.redis.uri", "redis://");
    }

    @Test
    void aRedisHostThatIsUnknown() throws Exception {
        assertThat(refusal(FAILED, "store.redis.uri=redis://:" + SECRET + "@nobody.invalid:6379"))
                .contains("store.redis.uri", "nobody.invalid");
    }

    @Test
    void aRedisPortThatIsClosed() throws Exception {
        assertThat(refusal(FAILED, "store.redis.uri=redis://:" + SECRET + "@127.0.0.1:" + CLOSED_PORT))
                .contains("store.redis.uri", "127.0.0.1:" + CLOSED_PORT);
    }

    @Test
    void aRedisPasswordThatIsWrong() throws Exception {
        services.asked(
                redis -> redis.aclSetuser("tester", AclSetuserArgs.Builder.on().addPassword("another")));
        String host = URI.create(services.redis().uri()).getAuthority();
        for (String user : List.of("tester", "nobody")) {
            String uri = "redis://" + user + ":" + SECRET + "@" + host;
            assertThat(refusal(FAILED, "store.redis.uri=" + uri)).contains("store.redis.uri", "password");
        }
    }

    @Test
    void aRedisThatWritesNoAppendOnlyFile() throws Exception {
        services.asked(redis -> redis.configSet("appendonly", "no"));
        try {
            assertThat(refusal(FAILED)).contains("appendonly", "store.redis.allow-volatile");
        } finally {
            services.asked(redis -> redis.configSet("appendonly", "yes"));
        }
    }

    @Test
    void aRedisThatIsAReplica() throws Exception {
        services.asked(redis -> redis.replicaof("127.0.0.1", CLOSED_PORT));
        try {
            assertThat(refusal(FAILED)).contains("store.redis.uri", "replica");
        } finally {
            services.asked(redis -> redis.replicaofNoOne());
        }
    }

    @Test
    void aRealmWhoseKeysAreSomebodyElses() throws Exception {
        services.asked(redis -> {
            redis.del("{main}:meta");
            return redis.rpush("{main}:meta", "a poem", "by somebody else");
        });
        assertThat(refusal(FAILED)).contains("{main}:meta", "store.redis.uri");
    }

    // ---- RabbitMQ ----

    @Test
    void rabbitCredentialsThatAreWrong() throws Exception {
        URI uri = URI.create(services.rabbit().uri());
        String wrong = "amqp://guest:" + SECRET + "@" + uri.getHost() + ":" + uri.getPort() + uri.getRawPath();
        assertThat(refusal(FAILED, "feed.rabbitmq.uri=" + wrong)).contains("feed.rabbitmq.uri");
    }

    @Test
    void aVhostThatIsMissing() throws Exception {
        URI uri = URI.create(services.rabbit().uri());
        String wrong = "amqp://" + uri.getRawUserInfo() + "@" + uri.getHost() + ":" + uri.getPort() + "/nowhere";
        assertThat(refusal(FAILED, "feed.rabbitmq.uri=" + wrong)).contains("feed.rabbitmq.uri", "nowhere");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost", "amqp:/nowhere", "amqp://guest:" + SECRET + " %@localhost"})
    void aRabbitUriThatIsNone(String uri) throws Exception {
        assertThat(refusal(MISCONFIGURED, "feed.rabbitmq.uri=" + uri)).contains("feed.rabbitmq.uri", "amqp://");
    }

    @Test
    void aQueueThatExistsWithOtherArguments() throws Exception {
        try (Connection connection = services.rabbitConnection();
                Channel channel = connection.createChannel()) {
            channel.queueDelete(FeedQueue.NAME);
            channel.queueDeclare(FeedQueue.NAME, true, false, false, Map.of("x-max-length", 10));
            try {
                assertThat(refusal(FAILED)).contains(FeedQueue.NAME);
                assertThat(channel.queueDeclarePassive(FeedQueue.NAME).getConsumerCount())
                        .isZero();
                // Other arguments than those of the queue would be refused.
                channel.queueDeclare(FeedQueue.NAME, true, false, false, Map.of("x-max-length", 10));
            } finally {
                channel.queueDelete(FeedQueue.NAME);
            }
        }
    }

    // ---- what all have in common ----

    private String refusal(int code, String... settings) throws Exception {
        Map<String, String> before = services.redisContents();
        try (ServerProcess server = ServerProcess.launch(folder, services.directSettings(settings))) {
            assertThat(server.exitCode(60)).as(server.complaints()).isEqualTo(code);
            String complaint = server.complaints();
            // The line itself is in the log, and nothing else.
            assertThat(complaint.lines().filter(line -> !line.contains(" ERROR ")))
                    .as(complaint)
                    .hasSize(1);
            assertThat(complaint).doesNotContain(SECRET);
            assertThat(services.redisContents()).containsAllEntriesOf(before);
            return complaint;
        }
    }
}
