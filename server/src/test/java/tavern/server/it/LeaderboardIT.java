package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.GetLeaderboard;
import tavern.protocol.v1.Leaderboard;
import tavern.protocol.v1.ServerMessage;

/** P-87, with a game that comes out of a jar. */
@Timeout(60)
class LeaderboardIT {
    @TempDir
    Path folder;

    private TestServer server;
    private RawClient ann;
    private RawClient bob;

    @BeforeEach
    void start() throws IOException {
        GameRoomIT.packTheGame(folder.resolve("games"));
        server = TestServer.start(
                folder.resolve("data"),
                Stream.concat(Stream.of(GameRoomIT.settings(folder.resolve("games"))), Stream.of("ops.enabled=true"))
                        .toArray(String[]::new));
        ann = server.client("ann");
        bob = server.client("bob");
        GameRoomIT.join(ann, "t1");
        GameRoomIT.join(bob, "t1");
    }

    @AfterEach
    void stop() throws IOException {
        ann.close();
        bob.close();
        server.close();
    }

    private static ServerMessage says(RawClient client, String text) throws IOException {
        return client.answerTo(client.send(GameRoomIT.saying(0, text)));
    }

    private static ServerMessage ask(RawClient client, GetLeaderboard.Builder request) throws IOException {
        return client.answerTo(client.send(ClientMessage.newBuilder().setGetLeaderboard(request)));
    }

    private static Leaderboard board(RawClient client, GetLeaderboard.Builder request) throws IOException {
        ServerMessage answer = ask(client, request);
        assertThat(answer.hasLeaderboard()).as("%s", answer).isTrue();
        assertThat(answer.getLeaderboard().getBoard()).isEqualTo(request.getBoard());
        return answer.getLeaderboard();
    }

    private static List<String> entries(Leaderboard board) {
        return board.getEntriesList().stream()
                .map(entry -> entry.getRank() + " " + entry.getPlayer() + " " + entry.getPoints())
                .toList();
    }

    private static GetLeaderboard.Builder wins() {
        return GetLeaderboard.newBuilder().setBoard("table.wins");
    }

    @Test
    void whatAGameScoresIsSeenByAll() throws Exception {
        assertThat(board(ann, wins()))
                .isEqualTo(Leaderboard.newBuilder().setBoard("table.wins").build());
        assertThat(says(ann, "score wins 2").hasTurnDone()).isTrue();
        assertThat(says(ann, "score wins 2").hasTurnDone()).isTrue();
        assertThat(says(ann, "score best -2").hasTurnDone()).isTrue();
        assertThat(says(bob, "score wins 3").hasTurnDone()).isTrue();

        Leaderboard all = board(bob, wins());
        assertThat(all.getPlayers()).isEqualTo(2);
        assertThat(entries(all)).containsExactly("1 ann 4", "2 bob 3");
        assertThat(entries(board(bob, wins().setLimit(1)))).containsExactly("1 ann 4");
        assertThat(entries(board(bob, wins().setLimit(1).setAroundMe(true)))).containsExactly("2 bob 3");
        assertThat(entries(board(bob, wins().setAfterRank(1)))).containsExactly("2 bob 3");
        assertThat(entries(board(bob, wins().setAfterRank(-1)))).isEmpty();
        assertThat(entries(board(bob, GetLeaderboard.newBuilder().setBoard("table.best"))))
                .containsExactly("1 ann -2");
        assertThat(entries(board(
                        bob, GetLeaderboard.newBuilder().setBoard("table.best").setAroundMe(true))))
                .isEmpty();
    }

    @Test
    void whatIsAskedWronglyIsRefused() throws Exception {
        assertThat(ask(ann, GetLeaderboard.newBuilder().setBoard("wins"))
                        .getError()
                        .getCode())
                .isEqualTo(ErrorCode.BAD_NAME);
        assertThat(ask(ann, GetLeaderboard.newBuilder().setBoard("{x}.y"))
                        .getError()
                        .getCode())
                .isEqualTo(ErrorCode.BAD_NAME);
        assertThat(ask(ann, wins().setAroundMe(true).setAfterRank(1)).getError().getCode())
                .isEqualTo(ErrorCode.BAD_VALUE);
        assertThat(says(ann, "score undeclared 1").getError().getCode()).isEqualTo(ErrorCode.INTERNAL);
    }

    @Test
    void operatorsSeeThemToo() throws Exception {
        says(ann, "score wins 2");
        OpsClient ops = OpsClient.of(server.opsAddress(), folder.resolve("data"), "viewer");
        assertThat(ops.get("/api/v1/leaderboards").body())
                .contains("\"table.best\"")
                .contains("\"table.wins\"")
                .contains("\"SUM\"");
        assertThat(ops.get("/api/v1/leaderboards?board=table.wins").body())
                .contains("\"players\":1")
                .contains("\"player\":\"ann\"")
                .contains("\"points\":2");
        assertThat(ops.get("/api/v1/leaderboards?board=table.none").status()).isEqualTo(404);
        assertThat(OpsClient.of(server.opsAddress(), folder.resolve("data"), "admin")
                        .get("/api/v1/players/ann/export")
                        .body())
                .contains("\"scores\":[{\"board\":\"table.wins\",\"rank\":1,\"points\":2}]");
    }
}
