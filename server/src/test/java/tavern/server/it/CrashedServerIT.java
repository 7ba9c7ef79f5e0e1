package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;

/** P-104: the players of a server that has crashed come back with its tokens, to others, while it starts anew. */
@Timeout(180)
final class CrashedServerIT {
    private static final int PLAYERS = 50;
    private static final int GUESSES_MAX = 3;
    private static final String[] FEW_GUESSES = {
        "auth.failures-max=" + GUESSES_MAX,
        "auth.failures-per-address-max=" + GUESSES_MAX,
        "limits.uncounted-addresses=[]"
    };

    @RegisterExtension
    static final RealmServers servers = RealmServers.withOperators();

    @Test
    void itsPlayersAreNotTakenForGuessersAndGuessersAre() throws Exception {
        List<RawClient> players = new ArrayList<>();
        try (TestServer other = servers.start("other", FEW_GUESSES)) {
            try (ServerProcess one = servers.process("one")) {
                for (int i = 0; i < PLAYERS; i++) {
                    RawClient player = new RawClient(one.address());
                    player.login("player" + i);
                    players.add(player);
                }
            }
            try (ServerProcess oneAgain = servers.process("one")) {
                for (RawClient player : players) {
                    assertThat(hello(other, player, player.welcome().getResumeToken()))
                            .as(player.welcome().getPlayer())
                            .isEqualTo(ErrorCode.OK);
                }
                RawClient guesser = players.get(0);
                byte[] forged = guesser.welcome().getResumeToken().toByteArray();
                for (int i = 0; i < GUESSES_MAX; i++) {
                    forged[forged.length - 1]++;
                    assertThat(hello(other, guesser, ByteString.copyFrom(forged)))
                            .as("guess " + i)
                            .isEqualTo(ErrorCode.OK);
                }
                forged[forged.length - 1]++;
                assertThat(hello(other, guesser, ByteString.copyFrom(forged))).isEqualTo(ErrorCode.BUSY);
                try (RawClient late = new RawClient(oneAgain.address())) {
                    late.login("late");
                    late.cut();
                    try (RawClient there = late.resumed(other.address())) {
                        assertThat(there.welcome().getResumed())
                                .as("of the guesser's address")
                                .isTrue();
                    }
                }
            }
        } finally {
            for (RawClient player : players) {
                player.close();
            }
        }
    }

    @Test
    void aTokenThatIsOverIsAskedAboutOnce() throws Exception {
        try (TestServer other = servers.start("other", FEW_GUESSES)) {
            RawClient ann;
            try (ServerProcess one = servers.process("one")) {
                ann = new RawClient(one.address());
                ann.login("ann");
            }
            OpsClient operator = OpsClient.of(other.opsAddress(), servers.folder(), "admin");
            try (ServerProcess oneAgain = servers.process("one")) {
                assertThat(oneAgain.isAlive()).isTrue();
                for (int i = 0; i < 2 * GUESSES_MAX; i++) {
                    assertThat(hello(other, ann, ann.welcome().getResumeToken()))
                            .isEqualTo(ErrorCode.OK);
                }
            }
            // Again after ten seconds, on a slow machine.
            assertThat(operator.get("/metrics").body())
                    .containsPattern("tavern_session_tokens_asked_total [1-3]\\.0")
                    .contains("tavern_session_tokens_forged_total 0.0");
            ann.close();
        }
    }

    /** As of a server that does not seal its tokens yet, or after the key was lost. */
    @Test
    void aSessionGoesOnWithATokenOfAnotherKey() throws Exception {
        try (TestServer one = servers.start("one");
                RawClient ann = one.client("ann")) {
            servers.redis().ask("HDEL", servers.key("meta"), "token-key");
            try (TestServer other = servers.start("other", FEW_GUESSES)) {
                ann.cut();
                try (RawClient there = ann.resumed(other.address())) {
                    assertThat(there.welcome().getResumed()).isTrue();
                    there.cut();
                    try (RawClient back = there.resumed(one.address())) {
                        assertThat(back.welcome().getResumed()).isTrue();
                    }
                }
            }
        }
    }

    /** @return the error that answers, or OK if a session has begun */
    private static ErrorCode hello(TestServer server, RawClient before, ByteString token) throws IOException {
        try (RawClient client = before.successor(server.address())) {
            ServerMessage answer = client.answerTo(client.send(
                    ClientMessage.newBuilder().setHello(before.helloAgain().setResumeToken(token))));
            assertThat(answer.getWelcome().getResumed()).isFalse();
            return answer.hasWelcome() ? ErrorCode.OK : answer.getError().getCode();
        }
    }
}
