package tavern.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tavern.game.GameModule;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Custom;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.server.games.TestJar;
import tavern.server.games.sample.FailingModule;
import tavern.server.games.sample.PickyModule;
import tavern.server.games.sample.PotGame;
import tavern.server.it.RawClient;
import tavern.server.it.TestServer;

/** Games of a real server: players play them, and operators give it others. */
class GamesIT {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path jar = Path.of("");
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        jar = TestJar.pot().version("1.2").write(folder.resolve("games/pot.jar"));
        server = TestServer.start(
                folder,
                "ops.enabled=true",
                "games.path=" + folder.resolve("games"),
                "games.types.large.game=pot",
                "games.types.small.game=pot",
                "games.types.small.settings.pot=7");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--ops=http://127.0.0.1:" + server.opsAddress().getPort());
        all.add("--token-file=" + folder.resolve("ops-tokens"));
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(all.toArray(String[]::new));
    }

    @Test
    void anOperatorSeesTheGamesAndWhoAsksForAnotherOneIsToldSo() throws IOException {
        try (RawClient ann = server.client("ann")) {
            join(ann, "table", "small");

            assertThat(run("games")).isZero();
            assertThat(out.toString().lines())
                    .satisfiesExactly(
                            line -> assertThat(line).matches("game +jar +version +loaded +rooms"),
                            line -> assertThat(line).matches("pot +pot.jar +1.2 +20[-T:.0-9]+Z +large: 0, small: 1"));

            JoinRoom.Builder other = JoinRoom.newBuilder().setRoom("other");
            assertThat(refusal(ann, other.setType("no type"))).isEqualTo(ErrorCode.BAD_NAME);
            assertThat(refusal(ann, other.setType("unknown"))).isEqualTo(ErrorCode.BAD_VALUE);
            assertThat(refusal(ann, other.setType("large").setTicket(ByteString.copyFrom(new byte[4_097]))))
                    .isEqualTo(ErrorCode.BAD_VALUE);
        }
    }

    @Test
    void aRoomGoesOnWithANewVersionOfItsGame() throws IOException {
        RawClient lost = server.client("cat");
        try (RawClient ann = server.client("ann");
                RawClient ben = server.client("ben")) {
            assertThat(text(join(ann, "table", "small").getView())).isEqualTo("old edition: 7");
            join(ben, "table", "small");
            join(lost, "table", "small");
            lost.close();
            say(ann);
            assertThat(told(ben)).isEqualTo("old edition: 8");

            TestJar.pot().saying("old edition", "new edition").write(jar);
            assertThat(run("games", "reload", "--reason=a new edition"))
                    .as(err.toString())
                    .isZero();

            assertThat(out.toString()).contains("loaded pot.jar", "1 open rooms go on");
            for (RawClient each : List.of(ann, ben)) {
                assertThat(text(shownAnew(each).getView())).isEqualTo("new edition: 8");
            }
            say(ben);
            assertThat(told(ann)).isEqualTo("new edition: 9");
            try (RawClient cat = lost.resumed(server.address())) {
                // What she missed comes first.
                assertThat(told(cat)).isEqualTo("old edition: 8");
                assertThat(told(cat)).isEqualTo("new edition: 9");
                assertThat(text(shownAnew(cat).getView())).isEqualTo("new edition: 9");
            }
            assertThat(run("games", "reload", "--reason=again")).isZero();
            assertThat(out.toString()).contains("no jar has changed");
        }
    }

    @Test
    void whatCannotBeUsedChangesNothing() throws IOException {
        try (RawClient ann = server.client("ann");
                RawClient ben = server.client("ben")) {
            join(ann, "table", "small");
            TestJar newer = TestJar.pot().saying("old edition", "new edition");
            newer.write(jar);
            Path broken = TestJar.of(FailingModule.class).write(folder.resolve("games/broken.jar"));
            assertThat(run("games", "reload", "--reason=a new edition")).isOne();
            assertThat(err.toString()).contains("nothing was changed", "broken.jar", "no cards left");

            Files.delete(broken);
            Files.delete(jar);
            assertThat(run("games", "reload", "--reason=no games")).isOne();
            assertThat(err.toString()).contains("nothing was changed", "games.types.large.game = pot");

            TestJar.of(PickyModule.class, PickyModule.EmptyOnly.class, PotGame.class)
                    .saying("old edition", "new edition")
                    .write(jar);
            assertThat(run("games", "reload", "--reason=a new edition")).isOne();
            assertThat(err.toString()).contains("cannot read", "room table");

            say(ann);
            assertThat(told(ann)).isEqualTo("old edition: 8");
            assertThat(text(join(ben, "other", "large").getView())).isEqualTo("old edition: 0");
        }
    }

    @Test
    void aGameThatWantsANewerApiIsRefusedAndTheOneThatRunsGoesOn() throws IOException {
        assumeThat(GameModule.class.getPackage().getImplementationVersion())
                .as("mvn verify runs this on jars, whose manifests have versions")
                .isNotNull();
        try (RawClient ann = server.client("ann")) {
            join(ann, "table", "small");
            TestJar.pot()
                    .saying("old edition", "new edition")
                    .apiVersion("99.0.0")
                    .write(jar);
            assertThat(run("games", "reload", "--reason=a new edition")).isOne();
            assertThat(err.toString())
                    .contains("nothing was changed", "pot.jar was built with tavern-game 99.0.0, and this server has");

            say(ann);
            assertThat(told(ann)).isEqualTo("old edition: 8");
        }
    }

    private static Joined shownAnew(RawClient client) throws IOException {
        return client.expect(message -> message.hasJoined() && message.getReplyTo() == 0)
                .getJoined();
    }

    private static ErrorCode refusal(RawClient client, JoinRoom.Builder join) throws IOException {
        return client.errorTo(client.send(ClientMessage.newBuilder().setJoinRoom(join)));
    }

    private static Joined join(RawClient client, String room, String type) throws IOException {
        ServerMessage answer = client.answerTo(client.send(ClientMessage.newBuilder()
                .setJoinRoom(JoinRoom.newBuilder().setRoom(room).setType(type))));
        assertThat(answer.hasJoined()).as(answer.toString()).isTrue();
        return answer.getJoined();
    }

    private static void say(RawClient client) throws IOException {
        client.send(ClientMessage.newBuilder()
                .setCustom(Custom.newBuilder()
                        .setPayload(StringValue.of("one more").toByteString())));
    }

    private static String told(RawClient client) throws IOException {
        return text(client.expect(ServerMessage::hasCustom).getCustom().getPayload());
    }

    private static String text(ByteString message) throws InvalidProtocolBufferException {
        return StringValue.parseFrom(message).getValue();
    }
}
