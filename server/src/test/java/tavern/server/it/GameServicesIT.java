package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ServerMessage;
import tavern.server.services.TestService;

/** A game calls a service, and the server dies in between. */
@Timeout(120)
class GameServicesIT {
    @TempDir
    Path folder;

    private TestService bank;
    private String[] settings;

    @BeforeEach
    void start() throws IOException {
        bank = new TestService();
        Path secret = folder.resolve("secret");
        Files.writeString(secret, "Bearer sesame\n");
        GameRoomIT.packTheGame(folder.resolve("games"));
        settings = Stream.concat(
                        Stream.of(GameRoomIT.settings(folder.resolve("games"))),
                        Stream.of(
                                "games.services.bank.url=" + bank.url(),
                                "games.services.bank.timeout-millis=10000",
                                "games.services.bank.retry-millis=20",
                                "games.services.bank.secret-headers.Authorization=" + secret))
                .toArray(String[]::new);
    }

    @AfterEach
    void stop() {
        bank.close();
    }

    private static void done(RawClient client, String text) throws IOException {
        ServerMessage answer = client.answerTo(client.send(GameRoomIT.saying(0, text)));
        assertThat(answer.hasTurnDone()).as("%s", answer).isTrue();
    }

    private static void told(RawClient client, String text) throws IOException {
        client.expect(message -> message.hasCustom()
                && GameRoomIT.text(message.getCustom().getPayload()).equals(text));
    }

    private static List<String> view(RawClient client) throws IOException {
        return GameRoomIT.text(GameRoomIT.join(client, "t1").getView()).lines().toList();
    }

    @Test
    void theAnswerIsATurnAlsoWhenNobodyIsThere() throws Exception {
        bank.thenStatus(503).thenSays(StringValue.of("paid"));
        try (TestServer server = TestServer.start(folder.resolve("data"), settings);
                RawClient ann = server.client("ann")) {
            GameRoomIT.join(ann, "t1");
            done(ann, "call bank pay");
            told(ann, "pay: paid");
            done(ann, "call nobody try");
            told(ann, "try: NOT_CONFIGURED");
            assertThat(bank.requests()).hasSize(2).allSatisfy(request -> {
                assertThat(request.secret()).isEqualTo("Bearer sesame");
                assertThat(request.room()).isEqualTo("t1");
                assertThat(request.body()).isEqualTo(StringValue.of("by ann").toByteString());
            });

            bank.thenStatus(503).thenStatus(503).thenStatus(503).thenSays(StringValue.of("paid late"));
            done(ann, "call bank again");
            ann.cut();
            await().pollInterval(Duration.ofMillis(20))
                    .until(() -> bank.requests().size() == 6);
            try (RawClient bob = server.client("bob")) {
                await().pollInterval(Duration.ofMillis(20))
                        .untilAsserted(() -> assertThat(view(bob)).contains("again: paid late"));
            }
        }
    }

    @Test
    void aCallThatWasNotAnsweredWhenTheServerDiedIsMadeAgainAndAnsweredOnce() throws Exception {
        bank.thenIsSilent();
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), settings);
                RawClient ann = new RawClient(server.address())) {
            ann.login("ann");
            GameRoomIT.join(ann, "t1");
            done(ann, "call bank pay");
            await().pollInterval(Duration.ofMillis(20))
                    .until(() -> bank.requests().size() == 1);
            server.kill();
        }
        bank.thenSays(StringValue.of("paid"));
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), settings)) {
            // The room is opened for it, without anybody's coming.
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> bank.requests().size() == 2);
            try (RawClient ann = new RawClient(server.address())) {
                ann.login("ann");
                await().pollInterval(Duration.ofMillis(20))
                        .untilAsserted(() -> assertThat(view(ann)).contains("pay: paid"));
                server.kill();
            }
        }
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), settings);
                RawClient ann = new RawClient(server.address())) {
            ann.login("ann");
            assertThat(view(ann)).containsOnlyOnce("asked pay", "pay: paid");
            assertThat(bank.requests()).hasSize(2);
            assertThat(bank.requests().get(0)).isEqualTo(bank.requests().get(1));
        }
    }
}
