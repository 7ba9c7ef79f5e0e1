package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.server.ReplayCommand;
import tavern.server.games.TestJar;
import tavern.server.games.sample.StaticCountGame;
import tavern.server.games.sample.StaticCountModule;
import tavern.server.games.sample.TableGame;
import tavern.server.games.sample.TableModule;

/** What rooms with games have done is recorded, seen by operators, and computed again from a file. */
class GameRecordingIT {
    @TempDir
    static Path games;

    @TempDir
    Path files;

    @RegisterExtension
    final Tavern tavern = Tavern.with("ops.enabled=true").settings(() -> new String[] {
        "games.path=" + games,
        "games.types.cards.game=table",
        "games.types.cards.record=true",
        "games.types.cards.turn-millis-max=60000",
        "games.types.cards.idle-close-seconds=1",
        "games.types.tally.record=true",
        "games.types.plain.game=table",
        "limits.rates.customs=1000",
        "limits.rates.joins=1000"
    });

    @BeforeAll
    static void packTheGames() throws IOException {
        TestJar.of(TableModule.class, TableGame.class).write(games.resolve("table.jar"));
        TestJar.of(StaticCountModule.class, StaticCountGame.class).write(games.resolve("tally.jar"));
    }

    private OpsClient as(String role) throws IOException {
        return OpsClient.of(tavern.server().opsAddress(), tavern.folder(), role);
    }

    private JsonObject see(String path) throws IOException {
        OpsClient.Answer answer = as("moderator").get("/api/v1" + path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static Joined join(RawClient client, String room, String type) throws IOException {
        ServerMessage answer = client.answerTo(client.send(GameRoomIT.joining(room, type, "")));
        assertThat(answer.hasJoined()).as("%s", answer).isTrue();
        return answer.getJoined();
    }

    private static ServerMessage says(RawClient client, String text) throws IOException {
        int asked = client.send(GameRoomIT.saying(0, text));
        return client.expect(message -> message.getReplyTo() == asked);
    }

    private Path download(String room) throws Exception {
        return download(room, "");
    }

    private Path download(String room, String which) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + tavern.server().opsAddress().getPort() + "/api/v1/rooms/" + room
                                + "/recording" + which + "?reason=a+test"))
                .header(
                        "Authorization",
                        "Bearer " + OpsClient.token(tavern.folder().resolve("ops-tokens"), "admin"))
                .timeout(Duration.ofSeconds(60))
                .build();
        HttpResponse<byte[]> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"" + room + ".recording\"");
        return Files.write(files.resolve(room + ".recording"), answer.body());
    }

    private record Replayed(int exitCode, String text) {}

    private static Replayed replay(Path... arguments) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text, true);
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        int exitCode =
                new CommandLine(new ReplayCommand()).setOut(out).setErr(out).execute(words);
        return new Replayed(exitCode, text.toString());
    }

    @Test
    void whatPlayersDidIsComputedAgain() throws Exception {
        RawClient ann = tavern.client("ann");
        join(ann, "table", "cards");
        says(ann, "earn 7");
        says(ann, "say hello");
        says(ann, "refuse");
        says(ann, "pay 3");
        says(ann, "put note");
        says(ann, "alarm tea 3600000");

        Path recording = download("table");
        Replayed same = replay(recording, games.resolve("table.jar"));
        assertThat(same.exitCode()).as(same.text()).isZero();
        assertThat(same.text()).contains("room table of type cards, game table", "8 turns are the same");

        JsonObject game = see("/rooms/table/game");
        assertThat(game.get("state").getAsString()).contains("hello");
        assertThat(game.get("type").getAsString()).isEqualTo("cards");
        assertThat(game.get("recorded").getAsBoolean()).isTrue();
        assertThat(game.get("revision").getAsLong()).isEqualTo(7);
        assertThat(game.getAsJsonObject("timers").keySet()).containsExactly("tea");
        assertThat(game.get("calls").getAsInt()).isZero();
        assertThat(see("/rooms/table").get("type").getAsString()).isEqualTo("cards");
        assertThat(see("/audit").toString()).contains("download-recording", "a test");
    }

    @Test
    void aGameWithStaticStateIsFound() throws Exception {
        RawClient ann = tavern.client("ann");
        join(ann, "first", "tally");
        says(ann, "one");
        RawClient bob = tavern.client("bob");
        join(bob, "second", "tally");
        says(bob, "two");

        Replayed different = replay(download("second"), games.resolve("tally.jar"));
        assertThat(different.exitCode()).as(different.text()).isEqualTo(1);
        assertThat(different.text())
                .contains(
                        "2 turns are the same",
                        "after revision 2",
                        "\"two\"",
                        "the room after the turn",
                        "expected",
                        "before   \"0\"",
                        "after    \"1\"");
    }

    @Test
    void aRecordingOutlivesItsRoomAndBeginsAnewWithTheNext() throws Exception {
        RawClient ann = tavern.client("ann");
        join(ann, "table", "cards");
        says(ann, "say first");
        ann.answerTo(ann.leave());
        await().pollInterval(Duration.ofMillis(20))
                .until(() -> as("viewer").get("/api/v1/rooms/table").status() == 404);

        Replayed closed = replay(download("table"), games.resolve("table.jar"));
        assertThat(closed.exitCode()).as(closed.text()).isZero();
        assertThat(closed.text()).contains("4 turns are the same");

        join(ann, "table", "cards");
        says(ann, "say second");
        Replayed next = replay(download("table"), games.resolve("table.jar"));
        assertThat(next.exitCode()).as(next.text()).isZero();
        assertThat(next.text()).contains("2 turns are the same");
        Replayed earlier = replay(download("table", "/earlier"), games.resolve("table.jar"));
        assertThat(earlier.exitCode()).as(earlier.text()).isZero();
        assertThat(earlier.text()).contains("4 turns are the same");
    }

    @Test
    void whoMayNotSeeThemDoesNotAndWhatIsNotThereIsSaid() throws Exception {
        RawClient ann = tavern.client("ann");
        join(ann, "plain", "plain");

        assertThat(as("viewer").get("/api/v1/rooms/plain/game").status()).isEqualTo(403);
        assertThat(as("moderator").get("/api/v1/rooms/plain/recording").status())
                .isEqualTo(403);
        assertThat(as("admin").get("/api/v1/rooms/plain/recording").status()).isEqualTo(404);
        assertThat(as("admin").get("/api/v1/rooms/nowhere/recording").status()).isEqualTo(404);
        assertThat(as("admin").get("/api/v1/rooms/hall/game").status()).isEqualTo(404);
        assertThat(see("/rooms/plain/game").get("recorded").getAsBoolean()).isFalse();

        Path nonsense = Files.writeString(files.resolve("nonsense"), "nonsense");
        assertThat(replay(nonsense, games.resolve("table.jar")).exitCode()).isEqualTo(2);
        assertThat(replay(files.resolve("missing"), games.resolve("table.jar")).exitCode())
                .isEqualTo(2);
        assertThat(replay(nonsense).exitCode()).isEqualTo(2);
    }

    @Test
    void turnsAreMeasuredByType() throws Exception {
        RawClient ann = tavern.client("ann");
        join(ann, "table", "cards");
        says(ann, "say hello");
        says(ann, "refuse");

        String metrics = as("viewer").get("/metrics").body();
        assertThat(metrics)
                .contains("tavern_turns_total{outcome=\"committed\",type=\"cards\"} 3.0")
                .contains("tavern_turns_refused_total{by=\"game\",code=\"BAD_VALUE\",type=\"cards\"} 1.0")
                .contains("tavern_turns_commit_seconds_count{type=\"cards\"} 3")
                .contains("tavern_turns_compute_seconds_count{type=\"cards\"} 4")
                .contains("tavern_turns_waiting{type=\"cards\"} 0.0")
                .contains("tavern_game_calls_slow_total{type=\"cards\"} 0.0")
                .containsPattern("tavern_recordings_bytes [1-9]");
        await().pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            JsonObject load = see("/games").getAsJsonArray("types").get(0).getAsJsonObject();
            assertThat(load.get("type").getAsString()).isEqualTo("cards");
            assertThat(load.getAsJsonObject("load").get("turns").getAsLong()).isEqualTo(4);
            assertThat(load.getAsJsonObject("load").get("refused").getAsLong()).isEqualTo(1);
        });
    }
}
