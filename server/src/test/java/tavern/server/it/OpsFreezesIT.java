package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.it.OpsClient.Answer;
import tavern.server.services.RedisProcess;

/** Kill switches outlive servers, hold on all of the realm, and go on holding while the store is away. */
final class OpsFreezesIT {
    private static final String CHAT = "{\"reason\": \"test\", \"what\": \"chat\", \"scope\": \"everywhere\"}";
    private static int realms;

    @TempDir
    static Path redisFolder;

    private static RedisProcess redis;

    @TempDir
    Path folder;

    @BeforeAll
    static void startRedis() throws Exception {
        redis = RedisProcess.start(redisFolder);
    }

    @AfterAll
    static void stopRedis() throws Exception {
        redis.close();
    }

    private Answer order(TestServer server, String path, String body) throws IOException {
        return OpsClient.of(server.opsAddress(), folder, "admin").post("/api/v1" + path, body);
    }

    private JsonArray freezes(TestServer server) throws IOException {
        return OpsClient.of(server.opsAddress(), folder, "admin")
                .get("/api/v1/freezes")
                .json()
                .getAsJsonArray("freezes");
    }

    private static boolean isChatFrozen(RawClient client) throws IOException {
        int asked = client.chat("hello");
        ServerMessage answer = client.expect(message -> message.getReplyTo() == asked
                || (message.hasChat() && message.getChat().getClientSeq() == asked));
        return answer.hasError() && answer.getError().getCode() == ErrorCode.NOT_ALLOWED;
    }

    private TestServer node(String id, String realm, String... more) throws IOException {
        String[] settings = {
            "ops.enabled=true",
            "ops.token=" + folder.resolve("ops-tokens"),
            "store.kind=redis",
            "store.redis.uri=" + redis.uri(),
            "store.redis.command-timeout-millis=5000",
            "realm=" + realm,
            "node.id=" + id,
            "cluster.enabled=true",
            "limits.rates.chats=100"
        };
        return TestServer.start(
                folder, Stream.concat(Stream.of(settings), Stream.of(more)).toArray(String[]::new));
    }

    @Test
    void aRestartLiftsNoFreeze() throws IOException {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true")) {
            assertThat(order(server, "/freezes", CHAT).status()).isEqualTo(200);
        }
        try (TestServer server = TestServer.start(folder, "ops.enabled=true");
                RawClient ann = server.client("ann", "hall")) {
            assertThat(isChatFrozen(ann)).as("at once").isTrue();
            assertThat(order(server, "/freezes/lift", CHAT).status()).isEqualTo(200);
            assertThat(isChatFrozen(ann)).isFalse();
            assertThat(order(server, "/freezes/lift", CHAT).errorCode()).isEqualTo("NOT_FOUND");
        }
        try (TestServer server = TestServer.start(folder, "ops.enabled=true");
                RawClient ann = server.client("ann", "hall")) {
            assertThat(isChatFrozen(ann)).isFalse();
        }
    }

    @Test
    void allServersOfTheRealmFollowAndOthersDoNot() throws IOException {
        String realm = "realm" + realms++;
        try (TestServer one = node("one", realm);
                TestServer two = node("two", realm);
                TestServer foreign = node("three", "realm" + realms++);
                RawClient ann = one.client("ann", "hall");
                RawClient bob = two.client("bob", "cellar");
                RawClient cleo = foreign.client("cleo", "hall")) {
            assertThat(order(one, "/freezes", CHAT).status()).isEqualTo(200);
            assertThat(isChatFrozen(ann)).as("where it was ordered, at once").isTrue();
            await().until(() -> isChatFrozen(bob));
            assertThat(isChatFrozen(cleo)).isFalse();
            assertThat(order(two, "/freezes/lift", CHAT).status()).isEqualTo(200);
            await().until(() -> !isChatFrozen(ann));
            assertThat(isChatFrozen(bob)).isFalse();
        }
    }

    @Test
    void anAnnouncementReachesPlayersOfAllServersOfTheRealmOnce() throws IOException {
        String realm = "realm" + realms++;
        try (TestServer one = node("one", realm);
                TestServer two = node("two", realm);
                RawClient ann = one.client("ann", "hall");
                RawClient bob = two.client("bob", "cellar")) {
            String text = "closing at 5 % & later: say good-bye + ünlü";
            Answer told = order(one, "/announce", "{\"reason\": \"test\", \"text\": \"" + text + "\"}");
            assertThat(told.json().get("result").getAsString()).isEqualTo("told 1 players here: " + text);
            for (RawClient each : new RawClient[] {ann, bob}) {
                assertThat(each.expect(ServerMessage::hasAnnouncement)
                                .getAnnouncement()
                                .getText())
                        .isEqualTo(text);
            }
            order(two, "/announce", "{\"reason\": \"test\", \"text\": \"again\"}");
            for (RawClient each : new RawClient[] {ann, bob}) {
                assertThat(each.expect(ServerMessage::hasAnnouncement)
                                .getAnnouncement()
                                .getText())
                        .as("the next after the first")
                        .isEqualTo("again");
            }
        }
    }

    @Test
    void withoutTheStoreAnOrderIsRefusedAndKnownFreezesHold() throws Exception {
        String joins = "{\"reason\": \"test\", \"what\": \"joins\", \"scope\": \"everywhere\"}";
        String[] settings = {"cluster.lease-millis=60000", "store.redis.command-timeout-millis=500"};
        try (TestServer one = node("one", "realm" + realms++, settings);
                RawClient ann = one.client("ann", "hall")) {
            assertThat(order(one, "/freezes", CHAT).status()).isEqualTo(200);
            redis.freeze();
            try {
                assertThat(order(one, "/freezes", joins).errorCode()).isIn("UNAVAILABLE", "NO_ANSWER");
                assertThat(order(one, "/freezes/lift", CHAT).errorCode()).isIn("UNAVAILABLE", "NO_ANSWER");
                assertThat(isChatFrozen(ann)).isTrue();
            } finally {
                redis.thaw();
            }
            // A lift that is done without an answer in time finds nothing to lift when it is ordered again.
            await().until(() -> order(one, "/freezes/lift", CHAT).status() == 200
                    || freezes(one).isEmpty());
            assertThat(freezes(one))
                    .as("what was refused takes no effect later")
                    .isEmpty();
        }
    }
}
