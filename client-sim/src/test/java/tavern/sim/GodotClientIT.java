package tavern.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
import tavern.protocol.v1.Left;
import tavern.protocol.v1.Redirect;
import tavern.protocol.v1.Replayed;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Snapshot;
import tavern.protocol.v1.Welcome;
import tavern.server.it.RawClient;
import tavern.server.it.TestServer;
import tavern.server.services.RedisProcess;

/** The client of {@code clients/godot3}, in Godot without a window. */
@Timeout(180)
class GodotClientIT {
    private static final int MILLIS_MAX = 30_000;

    /** How long {@code run_session.gd} waits in place of a minute. */
    private static final Duration THROTTLED = Duration.ofSeconds(2);

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

    /** Of the others: the client has no goods, and so no trades. */
    @Test
    void itSaysAndKnowsWhatTheRecordingsExpect() throws Exception {
        List<String> recordings =
                List.of("handshake", "refused", "rooms", "snapshots", "cells", "resume-refused", "resume-cells");
        String files = recordings.stream()
                .map(recording -> Path.of("../docs/recordings", recording + ".jsonl")
                        .toAbsolutePath()
                        .toString())
                .collect(Collectors.joining(":"));
        try (ClientProgram godot = start("run_recordings.gd", Map.of("TAVERN_RECORDINGS", files))) {
            assertThat(godot.end())
                    .containsAll(recordings.stream().map(each -> each + ": ok").toList())
                    .last()
                    .isEqualTo(recordings.size() + " passed, 0 failed");
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

    /** P-7. */
    @Test
    void aLoginThatIsThrottledIsTriedAgainLater() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                ClientProgram godot = start(listening.getLocalPort())) {
            ClientMessage hello;
            long refusedAt;
            try (Socket first = accept(listening)) {
                hello = hear(first);
                refusedAt = System.nanoTime();
                tell(
                        first,
                        ServerMessage.newBuilder().setError(Error.newBuilder().setCode(ErrorCode.AUTH_THROTTLED)));
                assertThat(first.getInputStream().read()).isNegative();
            }
            try (Socket second = accept(listening)) {
                assertThat(Duration.ofNanos(System.nanoTime() - refusedAt)).isGreaterThanOrEqualTo(THROTTLED);
                assertThat(hear(second)).isEqualTo(hello);
                tell(second, welcome(false));
                assertThat(hear(second).hasJoinRoom()).isTrue();
                tell(second, chat("good night"));
                assertThat(hear(second).hasBye()).isTrue();
            }
            assertThat(godot.end()).contains("welcome new").noneMatch(line -> line.startsWith("ended"));
        }
    }

    /** P-16, P-104, P-105: the session goes along with a ticket. */
    @Test
    void aRoomOnAnotherServerIsJoinedThere() throws Exception {
        try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"));
                TestServer here = clustered(redis, "here");
                TestServer there = clustered(redis, "there");
                RawClient eve = there.client("eve", "hall");
                ClientProgram godot = start(here.address().getPort())) {
            eve.expect(message -> message.getChat().getText().equals("good evening"));
            await("the other server to hear that the session is gone from it")
                    .until(() -> here.sessions() + there.sessions() == 2);
            eve.chat("cut");
            eve.chat("enough");
            assertThat(godot.end())
                    .containsSubsequence(
                            "welcome new",
                            "at " + there.address().getPort(),
                            "godot: good evening",
                            "eve: cut",
                            "welcome resumed",
                            "eve: enough");
        }
    }

    /** P-102. */
    @Test
    void aServerThatIsFullSendsItOnToAnotherOne() throws Exception {
        try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"));
                TestServer full = clustered(redis, "full", "limits.sessions-max=1");
                TestServer other = clustered(redis, "other");
                RawClient bob = other.client("bob", "hall");
                RawClient eve = full.client("eve")) {
            assertThat(eve.welcome().getPlayer()).isEqualTo("eve");
            try (ClientProgram godot = start(full.address().getPort())) {
                bob.expect(message -> message.getChat().getText().equals("good evening"));
                bob.chat("enough");
                assertThat(godot.end())
                        .containsSubsequence("at " + other.address().getPort(), "welcome new")
                        .doesNotContain("welcome resumed");
            }
        }
    }

    /** P-106, by a server by hand: only so it is certain which seats have waited, and which tickets are good. */
    @Test
    void itGoesWhereItIsSentAndJoinsAgainWhereNoSeatHasWaited() throws Exception {
        try (ServerSocket home = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                ServerSocket away = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                ClientProgram godot = start(home.getLocalPort())) {
            try (Socket first = accept(home)) {
                assertThat(hear(first).getHello().getFollows()).isTrue();
                tell(first, welcome(false));
                assertThat(hear(first).hasJoinRoom()).isTrue();
                tell(first, joined().setRoomSeq(4));
                assertThat(hear(first).hasChat()).isTrue();
                assertThat(hear(first).hasMove()).isTrue();
                tell(first, redirect(away, "one").setRoom("hall"));
                assertThat(first.getInputStream().read()).isNegative();
            }
            ClientMessage hello;
            try (Socket second = accept(away)) {
                hello = hear(second);
                assertThat(hello.getHello().getResumeToken()).isEqualTo(ByteString.copyFromUtf8("one"));
                assertThat(hello.getHello().getLastRoom()).isEqualTo("hall");
                assertThat(hello.getHello().getLastRoomSeq()).isEqualTo(4);
                // The session has gone back meanwhile, with a ticket that turns out to be no good.
                tell(second, redirect(home, "two"), hello.getSeq());
            }
            try (Socket third = accept(home)) {
                ClientMessage again = hear(third);
                assertThat(again.getSeq()).as("P-22").isEqualTo(hello.getSeq());
                assertThat(again.getHello().getResumeToken()).isEqualTo(ByteString.copyFromUtf8("two"));
            }
            try (Socket fourth = accept(home)) {
                ClientMessage again = hear(fourth);
                assertThat(again.getSeq()).isEqualTo(hello.getSeq());
                assertThat(again.getHello().getResumeToken()).as("P-105").isEqualTo(TOKEN);
                tell(fourth, welcome(true));
                tell(
                        fourth,
                        ServerMessage.newBuilder().setLeft(Left.newBuilder().setRoom("hall")));
                tell(fourth, ServerMessage.newBuilder().setReplayed(Replayed.getDefaultInstance()));
                assertThat(hear(fourth).getJoinRoom().getRoom()).isEqualTo("hall");
                tell(fourth, joined().setRoomSeq(9));
                assertThat(hear(fourth).hasChat()).isTrue();
                assertThat(hear(fourth).hasMove()).isTrue();
                tell(fourth, chat("good night"));
                assertThat(hear(fourth).hasBye()).isTrue();
            }
            assertThat(godot.end()).containsSubsequence("welcome new", "welcome resumed", "bob: good night");
        }
    }

    /** P-106: two servers that send it to each other for ever. */
    @Test
    void itFollowsServersThatSendItToAndFroMoreSlowlyAndKeepsItsRoom() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                ClientProgram godot = start(server.getLocalPort())) {
            try (Socket first = accept(server)) {
                hear(first);
                tell(first, welcome(false));
                assertThat(hear(first).hasJoinRoom()).isTrue();
                tell(first, joined().setRoomSeq(4));
                assertThat(hear(first).hasChat()).isTrue();
                assertThat(hear(first).hasMove()).isTrue();
            }
            long sentFirst = 0;
            for (int hop = 0; hop < 6; hop++) {
                try (Socket connection = accept(server)) {
                    ClientMessage hello = hear(connection);
                    assertThat(hello.getHello().getFollows()).isTrue();
                    sentFirst = hop == 0 ? System.nanoTime() : sentFirst;
                    tell(connection, redirect(server, "ticket " + hop), hello.getSeq());
                }
            }
            try (Socket connection = accept(server)) {
                assertThat(Duration.ofNanos(System.nanoTime() - sentFirst))
                        .isGreaterThanOrEqualTo(Duration.ofMillis(9_900));
                ClientMessage hello = hear(connection);
                assertThat(hello.getHello().getFollows()).isTrue();
                assertThat(hello.getHello().getResumeToken()).isEqualTo(TOKEN);
                assertThat(hello.getHello().getLastRoom()).isEqualTo("hall");
                tell(connection, welcome(true));
                tell(connection, chat("good night"));
                assertThat(hear(connection).hasBye()).isTrue();
            }
            assertThat(godot.end()).contains("welcome resumed").noneMatch(line -> line.startsWith("at "));
        }
    }

    @Test
    void itRestsForLessTimeThanItsSessionWaitsAndIsSentOnOnceMoreThen() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                ClientProgram godot = start(server.getLocalPort())) {
            try (Socket first = accept(server)) {
                hear(first);
                ServerMessage.Builder welcome = welcome(false);
                welcome.getWelcomeBuilder().setResumeMs(2_000);
                tell(first, welcome);
                assertThat(hear(first).hasJoinRoom()).isTrue();
            }
            long sentFirst = System.nanoTime();
            long sentLast = sentFirst;
            for (int hop = 0; hop < 6; hop++) {
                try (Socket connection = accept(server)) {
                    ClientMessage hello = hear(connection);
                    sentLast = System.nanoTime();
                    tell(connection, redirect(server, "ticket " + hop), hello.getSeq());
                }
            }
            for (ByteString token : List.of(TOKEN, ByteString.copyFromUtf8("once more"))) {
                try (Socket connection = accept(server)) {
                    ClientMessage hello = hear(connection);
                    assertThat(hello.getHello().getResumeToken()).isEqualTo(token);
                    tell(connection, redirect(server, "once more"), hello.getSeq());
                }
            }
            try (Socket connection = accept(server)) {
                long now = System.nanoTime();
                assertThat(Duration.ofNanos(now - sentLast)).isGreaterThanOrEqualTo(Duration.ofMillis(1_900));
                assertThat(Duration.ofNanos(now - sentFirst)).isLessThan(Duration.ofSeconds(10));
                assertThat(hear(connection).getHello().getResumeToken()).isEqualTo(TOKEN);
                tell(connection, welcome(true));
                assertThat(hear(connection).hasJoinRoom()).isTrue();
                tell(connection, joined().setRoomSeq(4));
                assertThat(hear(connection).hasChat()).isTrue();
                assertThat(hear(connection).hasMove()).isTrue();
                tell(connection, chat("good night"));
                assertThat(hear(connection).hasBye()).isTrue();
            }
            assertThat(godot.end()).contains("welcome resumed").noneMatch(line -> line.startsWith("at "));
        }
    }

    private TestServer clustered(RedisProcess redis, String node, String... more) throws Exception {
        List<String> settings = new ArrayList<>(List.of(
                "store.kind=redis",
                "store.redis.uri=" + redis.uri(),
                "store.redis.command-timeout-millis=5000",
                "limits.idle-seconds=120",
                "cluster.enabled=true",
                "node.id=" + node));
        settings.addAll(List.of(more));
        return TestServer.start(folder.resolve(node), settings.toArray(String[]::new));
    }

    private static ServerMessage.Builder joined() {
        return ServerMessage.newBuilder()
                .setJoined(Joined.newBuilder()
                        .setRoom("hall")
                        .setSelf(3)
                        .setState(FullState.newBuilder().addEntities(entity(3, "godot"))));
    }

    private static Redirect.Builder redirect(ServerSocket to, String ticket) {
        return Redirect.newBuilder()
                .setHost("127.0.0.1")
                .setPort(to.getLocalPort())
                .setTicket(ByteString.copyFromUtf8(ticket));
    }

    private static void tell(Socket connection, Redirect.Builder redirect) throws IOException {
        tell(connection, redirect, 0);
    }

    private static void tell(Socket connection, Redirect.Builder redirect, int replyTo) throws IOException {
        tell(connection, ServerMessage.newBuilder().setReplyTo(replyTo).setRedirect(redirect));
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
        return start("run_session.gd", Map.of("TAVERN_PORT", String.valueOf(port), "TAVERN_ROOM", "hall"));
    }

    private ClientProgram start(String script, Map<String, String> variables) throws Exception {
        Map<String, String> environment = new HashMap<>(variables);
        environment.put("HOME", folder.toString());
        return ClientProgram.start(
                folder.resolve("godot.stderr"),
                environment,
                List.of("godot3-server", "--path", Path.of("../clients/godot3").toString(), "-s", script));
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
