package tavern.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.FullState;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Snapshot;
import tavern.protocol.v1.Welcome;
import tavern.server.it.RawClient;
import tavern.server.it.TestServer;

/** The client of {@code clients/godot3}, in Godot without a window. */
@Timeout(60)
class GodotClientIT {
    private static final int MILLIS_MAX = 30_000;
    private static final ByteString TOKEN = ByteString.copyFromUtf8("token");

    @TempDir
    Path folder;

    @Test
    void itHearsEverythingOnceAlthoughItDropsItsConnectionAndSeesWhereAllAre() throws Exception {
        try (TestServer server = TestServer.start(folder, "limits.rates.chats=100");
                RawClient bob = server.client("bob")) {
            Joined joined = bob.join("hall");
            try (ClientProgram godot = start(server.address().getPort())) {
                bob.expect(message -> message.getChat().getText().equals("good evening"));
                bob.chat("cut");
                Entity own = joined.getState().getEntities(0);
                int moved = bob.move(own.getX() > 100 ? own.getX() - 9 : own.getX() + 9, own.getY());
                bob.expect(message -> isIn(message, own.getId(), moved));
                for (String text : List.of("one", "two", "cut", "three", "cut", "four")) {
                    bob.chat(text);
                }
                Joined now = bob.join("hall");
                assertThat(now.getState().getEntitiesList()).hasSize(2);
                bob.chat("enough");
                List<String> printed = godot.end();
                assertThat(printed.stream().filter(line -> line.startsWith("bob: ")))
                        .containsExactly(
                                "bob: cut",
                                "bob: one",
                                "bob: two",
                                "bob: cut",
                                "bob: three",
                                "bob: cut",
                                "bob: four",
                                "bob: enough");
                assertThat(printed.stream().filter("welcome resumed"::equals)).hasSize(3);
                assertThat(printed.stream().filter("welcome new"::equals)).hasSize(1);
                for (Entity entity : now.getState().getEntitiesList()) {
                    assertThat(printed).contains(entity.getPlayer() + " is at " + entity.getX() + " " + entity.getY());
                }
            }
        }
    }

    /** The server's end of the connections is this test's own, for only so a Welcome can be lost at will. */
    @Test
    void aHelloWithoutAWelcomeIsSaidAgainWithItsNumber() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                ClientProgram godot = start(listening.getLocalPort())) {
            int joinSeq;
            try (Socket first = accept(listening)) {
                assertThat(hear(first).hasHello()).isTrue();
                tell(first, welcome(false));
                ClientMessage join = hear(first);
                assertThat(join.hasJoinRoom()).isTrue();
                joinSeq = join.getSeq();
            }
            ClientMessage hello;
            try (Socket unanswered = accept(listening)) {
                hello = hear(unanswered);
                assertThat(hello.getSeq()).isEqualTo(joinSeq + 1);
                assertThat(hello.getHello().getResumeToken()).isEqualTo(TOKEN);
            }
            try (Socket overtaken = accept(listening)) {
                assertThat(hear(overtaken)).isEqualTo(hello);
                tell(
                        overtaken,
                        ServerMessage.newBuilder().setError(Error.newBuilder().setCode(ErrorCode.SESSION_REPLACED)));
                assertThat(overtaken.getInputStream().read()).isNegative();
            }
            try (Socket resumed = accept(listening)) {
                assertThat(hear(resumed)).isEqualTo(hello);
                tell(resumed, welcome(true));
                assertThat(hear(resumed).getSeq()).isEqualTo(hello.getSeq() + 1);
                tell(resumed, chat("good night"));
                assertThat(hear(resumed).hasBye()).isTrue();
            }
            assertThat(godot.end()).contains("welcome new", "welcome resumed", "bob: good night");
        }
    }

    /** P-83 to P-85. */
    @Test
    void itSeesNpcsComeChangeAndGo() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                ClientProgram godot = start(listening.getLocalPort())) {
            try (Socket connection = accept(listening)) {
                assertThat(hear(connection).hasHello()).isTrue();
                tell(connection, welcome(false));
                assertThat(hear(connection).hasJoinRoom()).isTrue();
                FullState state = FullState.newBuilder()
                        .addEntities(entity(3, "godot").addAttributes(7))
                        .addEntities(entity(7, "bob").setAway(true))
                        .addEntities(entity(60, "").setKind(1).addAttributes(1))
                        .build();
                tell(
                        connection,
                        ServerMessage.newBuilder()
                                .setJoined(Joined.newBuilder()
                                        .setRoom("hall")
                                        .setSelf(3)
                                        .setState(state)));
                tell(
                        connection,
                        appeared(61, 4, 9, 8)
                                .setAnew(true)
                                .addEnteredIds(3)
                                .addEnteredXs(100)
                                .addEnteredYs(50)
                                .addEnteredSeqs(0));
                tell(
                        connection,
                        appeared(65, 2, 300, 20)
                                .addVanishedIds(61)
                                .addAllChangedIds(List.of(3, 62, 0))
                                .addAllChangedAttributes(List.of(0, 0, 3))
                                .addAllChangedValues(List.of(-2L, Long.MAX_VALUE, 1L)));
                tell(
                        connection,
                        Snapshot.newBuilder()
                                .addIds(65)
                                .addXs(-4)
                                .addYs(1)
                                .addSeqs(0)
                                .addChangedIds(65)
                                .addChangedAttributes(0)
                                .addChangedValues(-1));
                tell(connection, chat("good night"));
                assertThat(hear(connection).hasChat()).isTrue();
                assertThat(hear(connection).hasMove()).isTrue();
                assertThat(hear(connection).hasBye()).isTrue();
            }
            assertThat(godot.end())
                    .contains(
                            "godot is at 100 50",
                            "3 of kind 0 has {0:-2}",
                            "bob is at 0 0",
                            " is at 296 21",
                            "65 of kind 2 has {0:9223372036854775806, 3:1}")
                    .noneMatch(line -> line.matches("(7|60|61) of .*"));
        }
    }

    private static Entity.Builder entity(int id, String player) {
        return Entity.newBuilder().setId(id).setPlayer(player);
    }

    private static Snapshot.Builder appeared(int id, int kind, int x, int y) {
        return Snapshot.newBuilder()
                .addAppearedIds(id)
                .addAppearedKinds(kind)
                .addAppearedXs(x)
                .addAppearedYs(y);
    }

    private static void tell(Socket connection, Snapshot.Builder snapshot) throws IOException {
        tell(connection, ServerMessage.newBuilder().setSnapshot(snapshot));
    }

    private static ServerMessage.Builder chat(String text) {
        return ServerMessage.newBuilder()
                .setChat(ChatMessage.newBuilder().setPlayer("bob").setText(text));
    }

    private static Socket accept(ServerSocket listening) throws IOException {
        listening.setSoTimeout(MILLIS_MAX);
        Socket accepted = listening.accept();
        accepted.setSoTimeout(MILLIS_MAX);
        return accepted;
    }

    private static ClientMessage hear(Socket connection) throws IOException {
        return ClientMessage.parseDelimitedFrom(connection.getInputStream());
    }

    private static void tell(Socket connection, ServerMessage.Builder message) throws IOException {
        message.build().writeDelimitedTo(connection.getOutputStream());
    }

    private static ServerMessage.Builder welcome(boolean resumed) {
        return ServerMessage.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setPlayer("godot")
                        .setResumeToken(TOKEN)
                        .setResumed(resumed));
    }

    private ClientProgram start(int port) throws Exception {
        return ClientProgram.start(
                folder.resolve("godot.stderr"),
                Map.of("HOME", folder.toString(), "TAVERN_PORT", String.valueOf(port), "TAVERN_ROOM", "hall"),
                List.of("godot3-server", "--path", Path.of("../clients/godot3").toString(), "-s", "run_session.gd"));
    }

    /** The first move of an entity; another's may have the same number. */
    private static boolean isIn(ServerMessage message, int entity, int seq) {
        Snapshot snapshot = message.getSnapshot();
        int id = 0;
        for (int i = 0; i < snapshot.getIdsCount(); i++) {
            id += snapshot.getIds(i);
            if (id == entity && snapshot.getSeqs(i) == seq) {
                return true;
            }
        }
        return false;
    }
}
