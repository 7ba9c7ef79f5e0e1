package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ServerMessage;

/** Rooms of one realm signal to each other, whatever servers have them. */
@Timeout(120)
final class RealmSignalsIT {
    @TempDir
    static Path games;

    @RegisterExtension
    static final RealmServers servers = RealmServers.with(
            "cluster.lease-millis=3000",
            // The other server's process may take long to start.
            "limits.idle-seconds=120");

    @BeforeAll
    static void packTheGame() throws Exception {
        GameRoomIT.packTheGame(games);
    }

    @Test
    void signalsReachARoomOfAnotherServerOnceAndInOrder() throws Exception {
        // So long that no room is suspended when the machine is busy for some seconds.
        String[] settings = Stream.concat(
                        Stream.of(GameRoomIT.settings(games)), Stream.of("cluster.lease-millis=10000"))
                .toArray(String[]::new);
        try (TestServer one = servers.start("one", settings);
                TestServer other = servers.start("other", settings);
                RawClient ann = one.client("ann");
                RawClient ben = other.client("ben")) {
            GameRoomIT.join(ann, "inn");
            GameRoomIT.join(ben, "harbour");

            for (int i = 1; i <= 30; i++) {
                ann.send(GameRoomIT.saying(i, "signal harbour ship-" + i));
                ben.send(GameRoomIT.saying(i, "signal inn guest-" + i));
            }

            assertThat(sent(ben, 30)).isEqualTo(expected("inn", "ship-", 30));
            assertThat(sent(ann, 30)).isEqualTo(expected("harbour", "guest-", 30));
        }
    }

    @Test
    void signalsToAServerThatHasDiedReachTheRoomWhereItComesUp() throws Exception {
        try (TestServer one = servers.start("one", GameRoomIT.settings(games));
                RawClient ann = one.client("ann")) {
            GameRoomIT.join(ann, "inn");
            try (ServerProcess other = servers.process("other", GameRoomIT.settings(games));
                    RawClient ben = new RawClient(other.address())) {
                ben.login("ben");
                GameRoomIT.join(ben, "harbour");
                ann.send(GameRoomIT.saying(1, "signal harbour ship-1"));
                assertThat(sent(ben, 1)).isEqualTo(expected("inn", "ship-", 1));
                other.kill();
            }
            int asked = ann.send(GameRoomIT.saying(2, "signal harbour ship-2"));
            assertThat(ann.answerTo(asked).hasTurnDone()).isTrue();

            try (RawClient cid = one.client("cid")) {
                // The lease of the server that has died runs out first.
                await().atMost(Duration.ofSeconds(30)).until(() -> {
                    return cid.answerTo(cid.send(GameRoomIT.joining("harbour", "cards", "")))
                            .hasJoined();
                });
                await().atMost(Duration.ofSeconds(30)).until(() -> {
                    cid.leave();
                    String view =
                            GameRoomIT.text(GameRoomIT.join(cid, "harbour").getView());
                    assertThat(view).containsOnlyOnce("inn sent ship-1");
                    return view.contains("inn sent ship-2");
                });
            }
        }
    }

    private static List<String> sent(RawClient client, int count) throws IOException {
        List<String> sent = new ArrayList<>();
        while (sent.size() < count) {
            ServerMessage told = client.expect(ServerMessage::hasCustom);
            String text = GameRoomIT.text(told.getCustom().getPayload());
            if (text.contains(" sent ")) {
                sent.add(text);
            }
        }
        return sent;
    }

    private static List<String> expected(String from, String what, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> from + " sent " + what + i)
                .toList();
    }
}
