package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.services.RedisProcess;
import tavern.server.services.TcpProxy;

/** A player has one session in the realm, on whatever server, and is reached there from every other. */
@Timeout(120)
final class RealmSessionsIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static int realms;

    @TempDir
    static Path redisFolder;

    private static RedisProcess redis;

    @TempDir
    Path folder;

    private final String realm = "sessions" + realms++;

    @BeforeAll
    static void startRedis() throws Exception {
        redis = RedisProcess.start(redisFolder);
    }

    @AfterAll
    static void stopRedis() throws Exception {
        redis.close();
    }

    private TestServer node(String id, String... more) throws IOException {
        String[] settings = {
            "ops.enabled=true",
            "ops.token=" + folder.resolve("ops-tokens"),
            "store.kind=redis",
            "store.redis.uri=" + redis.uri(),
            "realm=" + realm,
            "node.id=" + id,
            "cluster.enabled=true",
            "limits.rates.whispers=100"
        };
        return TestServer.start(
                folder.resolve(id),
                Stream.concat(Stream.of(settings), Stream.of(more)).toArray(String[]::new));
    }

    private static RawClient login(TestServer server, String player) throws IOException {
        RawClient client = new RawClient(server.address());
        client.login(player);
        return client;
    }

    @Test
    void theNewestLoginWinsOnAllServers() throws Exception {
        try (TestServer one = node("one");
                TestServer other = node("other");
                RawClient first = login(one, "ann");
                RawClient second = login(other, "ann")) {
            assertThat(first.closedWith()).isEqualTo(ErrorCode.SESSION_REPLACED);
            try (RawClient third = login(one, "ann")) {
                assertThat(second.closedWith()).isEqualTo(ErrorCode.SESSION_REPLACED);
                assertThat(third.answerTo(third.ping(1)).hasPong()).isTrue();
            }
            try (RawClient again = first.resumed(one.address())) {
                assertThat(again.welcome().getResumed()).isFalse();
            }
        }
    }

    @Test
    void ofLoginsAtTheSameMomentOneStays() throws Exception {
        int rounds = Integer.getInteger("tavern.it.simultaneous-logins", 60);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (TestServer one = node("one");
                TestServer other = node("other")) {
            CyclicBarrier together = new CyclicBarrier(2);
            for (int round = 0; round < rounds; round++) {
                String player = "player" + round % 7;
                List<Future<RawClient>> logins = new ArrayList<>();
                for (TestServer server : List.of(one, other)) {
                    logins.add(threads.submit((Callable<RawClient>) () -> {
                        RawClient client = new RawClient(server.address());
                        together.await();
                        client.send(Say.hello(player));
                        return client;
                    }));
                }
                try (RawClient a = logins.get(0).get();
                        RawClient b = logins.get(1).get()) {
                    ServerMessage toA = a.expect(message -> message.hasWelcome() || message.hasError());
                    ServerMessage toB = b.expect(message -> message.hasWelcome() || message.hasError());
                    await().atMost(SOON).until(() -> one.sessions() + other.sessions() == 1);
                    boolean isOnOne = one.sessions() == 1;
                    ServerMessage toOther = isOnOne ? toB : toA;
                    assertThat(toOther.hasError() ? toOther.getError().getCode() : (isOnOne ? b : a).closedWith())
                            .as("round " + round)
                            .isEqualTo(ErrorCode.SESSION_REPLACED);
                    RawClient stays = isOnOne ? a : b;
                    int ping = stays.ping(round);
                    stays.expect(message -> message.getReplyTo() == ping && message.hasPong());
                    stays.send(Say.bye());
                }
                await().atMost(SOON).until(() -> one.sessions() + other.sessions() == 0);
            }
            await().atMost(SOON)
                    .until(() -> redis.ask("HLEN", "{" + realm + "}:presence").equals("0"));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whoMissedALoginElsewhereHearsOfItWhenTheConnectionIsBack() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(redis.port());
                TestServer one = node("one", "store.redis.uri=redis://127.0.0.1:" + proxy.port());
                TestServer other = node("other");
                RawClient first = login(one, "ann")) {
            proxy.refuse();
            try (RawClient second = login(other, "ann")) {
                assertThat(second.answerTo(second.ping(1)).hasPong()).isTrue();
                proxy.resume();
                assertThat(first.closedWith()).isEqualTo(ErrorCode.SESSION_REPLACED);
                assertThat(second.answerTo(second.ping(2)).hasPong()).isTrue();
            }
        }
    }

    @Test
    void loginsThatTheStoreHasLostAreNotedAgain() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(redis.port());
                TestServer one = node("one", "store.redis.uri=redis://127.0.0.1:" + proxy.port());
                TestServer other = node("other");
                RawClient ann = login(one, "ann");
                RawClient bob = login(other, "bob")) {
            redis.ask("DEL", "{" + realm + "}:presence");
            assertThat(bob.errorTo(bob.send(Say.whisper("ann", "psst")))).isEqualTo(ErrorCode.NO_SUCH_PLAYER);
            proxy.cut();
            await().atMost(SOON)
                    .until(() ->
                            bob.answerTo(bob.send(Say.whisper("ann", "psst"))).hasWhisperDelivered());
            assertThat(ann.expect(ServerMessage::hasWhisper).getWhisper().getText())
                    .isEqualTo("psst");
        }
    }

    @Test
    void whatAnEarlierLifeOfAServerLeavesIsForgotten() throws Exception {
        redis.ask("HSET", "{" + realm + "}:presence", "7", "1 one");
        redis.ask("HSET", "{" + realm + "}:presence", "8", "1 other");
        try (TestServer one = node("one");
                RawClient ann = login(one, "ann")) {
            assertThat(ann.answerTo(ann.ping(1)).hasPong()).isTrue();
            await().atMost(SOON)
                    .until(() -> redis.ask("HEXISTS", "{" + realm + "}:presence", "7")
                            .equals("0"));
            assertThat(redis.ask("HEXISTS", "{" + realm + "}:presence", "8")).isEqualTo("1");
        }
    }

    @Test
    void whispersAndOperatorsReachPlayersOnOtherServers() throws Exception {
        try (TestServer one = node("one");
                TestServer other = node("other");
                RawClient ann = login(one, "ann");
                RawClient bob = login(other, "bob")) {
            assertThat(ann.answerTo(ann.send(Say.whisper("bob", "100 % & more")))
                            .getWhisperDelivered()
                            .getTo())
                    .isEqualTo("bob");
            ServerMessage heard = bob.expect(ServerMessage::hasWhisper);
            assertThat(heard.getWhisper().getText()).isEqualTo("100 % & more");
            assertThat(heard.getWhisper().getFrom()).isEqualTo("ann");
            assertThat(heard.getSessionSeq()).as("told again after a resume").isPositive();
            assertThat(ann.errorTo(ann.send(Say.whisper("carl", "psst")))).isEqualTo(ErrorCode.NO_SUCH_PLAYER);

            OpsClient operator = OpsClient.of(one.opsAddress(), folder, "admin");
            assertThat(operator.post("/api/v1/players/bob/whisper", "{\"reason\": \"test\", \"text\": \"hi\"}")
                            .status())
                    .isEqualTo(200);
            assertThat(bob.expect(ServerMessage::hasWhisper).getWhisper().getText())
                    .isEqualTo("hi");
            assertThat(operator.post("/api/v1/players/bob/kick", "{\"reason\": \"test\"}")
                            .status())
                    .isEqualTo(200);
            assertThat(bob.closedWith()).isEqualTo(ErrorCode.KICKED);
            assertThat(operator.post("/api/v1/players/bob/kick", "{\"reason\": \"test\"}")
                            .errorCode())
                    .isEqualTo("NOT_FOUND");
        }
    }

    @Test
    void aWhisperToAServerThatDoesNotAnswerIsAnsweredInTime() throws Exception {
        try (TestServer one = node("one");
                RawClient ann = login(one, "ann")) {
            try (TestServer other = node("other");
                    RawClient bob = login(other, "bob")) {
                assertThat(ann.answerTo(ann.send(Say.whisper("bob", "psst"))).hasWhisperDelivered())
                        .isTrue();
            }
            String id = Long.toString(ann.welcome().getPlayerId());
            String bobsId = id.equals("1") ? "2" : "1";
            redis.ask("HSET", "{" + realm + "}:presence", bobsId, "1 other");
            assertThat(ann.errorTo(ann.send(Say.whisper("bob", "psst")))).isEqualTo(ErrorCode.NO_SUCH_PLAYER);
            redis.ask("SET", "{" + realm + "}:node:other", "still leased", "PX", "60000");
            assertThat(ann.errorTo(ann.send(Say.whisper("bob", "psst")))).isEqualTo(ErrorCode.UNAVAILABLE);
        }
    }
}
