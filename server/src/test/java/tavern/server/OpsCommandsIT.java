package tavern.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonParser;
import com.google.protobuf.StringValue;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Custom;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.ServerMessage;
import tavern.server.games.TestJar;
import tavern.server.games.sample.HerdGame;
import tavern.server.games.sample.HerdModule;
import tavern.server.it.RawClient;
import tavern.server.it.TestIds;
import tavern.server.it.TestServer;

/** The commands of bin/server against a real server. */
class OpsCommandsIT {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(arguments);
    }

    private int ask(TestServer server, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--ops=http://127.0.0.1:" + server.opsAddress().getPort());
        all.add("--token-file=" + folder.resolve("ops-tokens"));
        return run(all.toArray(String[]::new));
    }

    @Test
    void anOperatorLooksAroundAndSteers() throws IOException {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true", "limits.idle-seconds=120");
                RawClient ann = server.client("ann", "hall")) {
            await().untilAsserted(() -> {
                // 1 when ticks are late, as on a machine with much else to do.
                assertThat(ask(server, "status")).isIn(0, 1);
                assertThat(out.toString()).containsPattern("(?m)^players +1$");
            });
            assertThat(ask(server, "rooms", "--json")).isZero();
            assertThat(JsonParser.parseString(out.toString()).getAsJsonObject().getAsJsonArray("rooms"))
                    .hasSize(1);
            assertThat(ask(server, "room", "hall")).isZero();
            assertThat(out.toString()).contains("ann");
            assertThat(ask(server, "player", "ann")).isZero();
            assertThat(out.toString()).contains("gold");
            assertThat(ask(server, "announce", "closing soon", "--room=hall", "--reason=late"))
                    .isZero();
            assertThat(ann.expect(ServerMessage::hasAnnouncement)
                            .getAnnouncement()
                            .getText())
                    .isEqualTo("closing soon");
            assertThat(ask(server, "freeze", "chat", "--player=ann", "--reason=spam"))
                    .isZero();
            assertThat(ann.errorTo(ann.chat("buy gold"))).isEqualTo(ErrorCode.NOT_ALLOWED);
            assertThat(ask(server, "freezes")).isZero();
            assertThat(out.toString()).contains("spam");
            assertThat(ask(server, "unfreeze", "chat", "--player=ann", "--reason=sorry"))
                    .isZero();
            assertThat(ask(server, "mute", "ann", "--seconds=60", "--reason=spam"))
                    .isZero();
            assertThat(ask(server, "mute", "ann", "--forever", "--reason=spam")).isEqualTo(1);
            assertThat(err.toString()).hasLineCount(1).contains("muted until", "If-Match");
            assertThat(ask(server, "mute", "ann", "--forever", "--reason=spam", "--if-match=*"))
                    .isZero();
            assertThat(ask(server, "grant", "ann", "--stack=glod=5", "--item=sword", "--key=k1", "--reason=prize"))
                    .isEqualTo(1);
            assertThat(err.toString()).hasLineCount(1).contains("glod", "new-kind");
            assertThat(ask(
                            server,
                            "grant",
                            "ann",
                            "--stack=glod=5",
                            "--item=sword",
                            "--key=k1",
                            "--confirm=new-kind",
                            "--reason=prize"))
                    .isZero();
            assertThat(out.toString()).startsWith("gave 5 glod, 1 new sword (audit ");
            assertThat(ask(server, "revoke", "ann", "--stack=glod=5", "--key=k2", "--reason=sorry"))
                    .isZero();
            assertThat(ask(server, "move", "ann", "celar", "--reason=show")).isEqualTo(1);
            assertThat(ask(server, "kick", "ann", "--message=sleep well", "--reason=night"))
                    .isZero();
            assertThat(ann.expect(ServerMessage::hasError).getError())
                    .satisfies(error -> assertThat(error.getCode()).isEqualTo(ErrorCode.KICKED))
                    .satisfies(error -> assertThat(error.getText()).isEqualTo("sleep well"));
            assertThat(ask(server, "audit", "verify")).isZero();
            assertThat(out.toString()).startsWith("sound: 19 entries");
        }
    }

    @Test
    void anOperatorLooksAtWhatMoves() throws IOException {
        TestJar.of(HerdModule.class, HerdGame.class).write(folder.resolve("games/herd.jar"));
        try (TestServer server = TestServer.start(
                        folder,
                        "ops.enabled=true",
                        "games.path=" + folder.resolve("games"),
                        "games.types.herd.npcs=2");
                RawClient ann = server.client("ann")) {
            ann.answerTo(ann.send(ClientMessage.newBuilder()
                    .setJoinRoom(JoinRoom.newBuilder().setRoom("meadow").setType("herd"))));
            ann.answerTo(ann.send(ClientMessage.newBuilder()
                    .setCustom(Custom.newBuilder()
                            .setPayload(StringValue.of("spawn 3 100 200").toByteString()))));
            ann.answerTo(ann.send(ClientMessage.newBuilder()
                    .setCustom(Custom.newBuilder()
                            .setPayload(
                                    StringValue.of("set 3 1 9007199254740993").toByteString()))));
            await().untilAsserted(() -> {
                assertThat(ask(server, "scene", "meadow", "--max=2")).isZero();
                assertThat(out.toString())
                        .containsPattern("(?m)^entity +kind +player +x +y +attributes$")
                        .containsPattern("(?m)^1 +0 +ann ")
                        .contains("2 NPCs of at most 2", "… continue with --after=");
            });
            String next = out.toString().replaceAll("(?s).*--after=(\\d+).*", "$1");
            assertThat(ask(server, "scene", "meadow", "--after=" + next)).isZero();
            assertThat(out.toString()).containsPattern("(?m)^\\d+ +3 +100 +200 +\\[0,9007199254740993,0,");
            assertThat(ask(server, "scene", "nowhere")).isEqualTo(1);
            assertThat(err.toString()).contains("no room of this name");
        }
    }

    @Test
    void anOperatorLooksIntoTheBooks() throws IOException {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true", "limits.idle-seconds=120");
                RawClient ann = server.client("ann", "hall");
                RawClient bob = server.client("bob", "hall")) {
            UUID id = TestIds.fresh();
            long sword = ann.firstItem();
            ann.offer(id, "bob", RawClient.item(sword), RawClient.gold(30));
            bob.expect(ServerMessage::hasTradeOffered);
            bob.accept(id, "ann");
            ann.tradeResult(id);
            String trade = ann.welcome().getPlayerId() + "-" + id;
            await().untilAsserted(() -> {
                assertThat(ask(server, "trades", "--player=ann")).isZero();
                assertThat(out.toString()).contains(trade, "30 gold", "#" + sword, "hall");
            });
            assertThat(ask(server, "trades", "--item=" + sword, "--before=1", "--json"))
                    .isZero();
            assertThat(JsonParser.parseString(out.toString()).getAsJsonObject().getAsJsonArray("trades"))
                    .isEmpty();
            assertThat(ask(server, "trade", trade)).isZero();
            assertThat(out.toString())
                    .containsPattern("(?m)^outcome +COMMITTED$")
                    .contains("30 gold");
            assertThat(ask(server, "item", Long.toString(sword))).isZero();
            assertThat(out.toString()).contains("GRANT", "TRADE", trade).containsPattern("(?m)^owner +bob$");
            assertThat(ask(server, "timeline", "bob")).isZero();
            assertThat(out.toString()).contains("JOINED", "TRADE", "CONNECTED", "with ann");
            assertPaged(server, out.toString().lines().toList());
            await().untilAsserted(() -> {
                assertThat(ask(server, "economy")).isZero();
                assertThat(out.toString())
                        .containsPattern("(?m)^checked +true$")
                        .containsPattern("(?m)^gold +2000 +2000 +0$");
            });
            assertThat(ask(server, "item", "999")).isEqualTo(1);
            assertThat(err.toString()).hasLineCount(1).contains("no such item");
        }
    }

    /** Page by page it is the same, by the times that are printed. */
    private void assertPaged(TestServer server, List<String> whole) {
        List<String> paged = new ArrayList<>();
        String before = "--before=3000-01-01T00:00:00Z";
        while (!before.isEmpty()) {
            assertThat(ask(server, "timeline", "bob", "--max=1", before)).isZero();
            List<String> page = out.toString().lines().toList();
            int more = page.get(page.size() - 1).indexOf("--before=");
            paged.addAll(page.subList(0, more < 0 ? page.size() : page.size() - 1));
            before = more < 0 ? "" : page.get(page.size() - 1).substring(more);
        }
        assertThat(paged).isEqualTo(whole);
        assertThat(ask(server, "timeline", "bob", "--before=1")).isZero();
        assertThat(out.toString()).as("in milliseconds").isEmpty();
        assertThat(ask(server, "timeline", "bob", "--before=yesterday")).isEqualTo(2);
        assertThat(err.toString()).contains("--before");
    }

    @Test
    void aCommandsHelpNamesItsExitCodes() {
        for (String command : List.of("economy", "feed")) {
            assertThat(run(command, "--help")).isZero();
            assertThat(out.toString().replaceAll("\\s+", " ")).as(command).contains("exits with 1 ", "with 2 while");
        }
    }

    @Test
    void whatCannotBeDoneIsOneLineAndAnExitCode() throws IOException {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true")) {
            assertThat(ask(server, "kick", "nobody", "--reason=none")).isEqualTo(1);
            assertThat(err.toString()).hasLineCount(1).contains("not here now");
            assertThat(ask(server, "kick", "nobody")).as("no reason").isEqualTo(2);
            assertThat(ask(server, "ban", "nobody", "--reason=spam"))
                    .as("for how long is not said")
                    .isEqualTo(2);
            assertThat(err.toString()).contains("--seconds", "--forever");
            assertThat(run(
                            "status",
                            "--ops=http://127.0.0.1:" + server.opsAddress().getPort(),
                            "--token-file=none"))
                    .isEqualTo(1);
            assertThat(err.toString()).hasLineCount(1).contains("--token-file");
        }
        assertThat(run(
                        "status",
                        "--ops=http://127.0.0.1:" + closedPort(),
                        "--token-file=" + folder.resolve("ops-tokens")))
                .isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).contains("nobody answers");
    }

    private String token(String role) throws IOException {
        return Files.readAllLines(folder.resolve("ops-tokens")).stream()
                .filter(line -> line.startsWith(role + " "))
                .map(line -> line.split(" ", -1)[1])
                .findFirst()
                .orElseThrow();
    }

    /** Below the ephemeral ports, so that no connection finds itself. */
    private static int closedPort() throws IOException {
        for (int port = 20_000; port < 32_000; port++) {
            try (ServerSocket free = new ServerSocket(port)) {
                return free.getLocalPort();
            } catch (BindException e) {
                assertThat(e).isNotNull();
            }
        }
        throw new IOException("no free port");
    }

    @Test
    void aTimelineSaysWhenTheTokensRoleHidesSomething() throws IOException {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true", "limits.idle-seconds=120");
                RawClient ann = server.client("ann", "hall")) {
            assertThat(ask(server, "mute", "ann", "--forever", "--reason=spam")).isZero();
            await().untilAsserted(() -> {
                assertThat(ask(server, "timeline", "ann")).isZero();
                assertThat(out.toString()).contains("ORDER", "spam").doesNotContain("hides");
            });
            Path one = folder.resolve("one-token");
            Files.writeString(one, token("viewer"));
            assertThat(run(
                            "timeline",
                            "ann",
                            "--ops=http://127.0.0.1:" + server.opsAddress().getPort(),
                            "--token-file=" + one))
                    .isZero();
            assertThat(out.toString())
                    .doesNotContain("ORDER")
                    .contains("! The token's role hides 1 event of this time: operators' orders");
            assertThat(ann.welcome().getPlayer()).isEqualTo("ann");
        }
    }

    @Test
    void aLogThatDoesNotHaveTheEntryThatWasNotedIsBroken() throws IOException {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true")) {
            // An order is two entries: that it was begun, and what came of it.
            assertThat(ask(server, "announce", "hello", "--reason=test")).isZero();
            await().untilAsserted(() -> {
                assertThat(ask(server, "audit", "verify")).isZero();
                assertThat(out.toString()).contains("agrees with all anchors (1)");
            });
            String hash = out.toString().replaceAll("(?s).*newest hash ([0-9a-f]{64}).*", "$1");
            assertThat(ask(server, "audit", "verify", "--anchor=2:" + hash)).isZero();
            assertThat(ask(server, "audit", "verify", "--anchor=2:" + "0".repeat(64)))
                    .isEqualTo(1);
            assertThat(out.toString()).contains("entry 2 is not the one that --anchor remembers");
            assertThat(ask(server, "audit", "verify", "--anchor=3:" + hash)).isEqualTo(1);
            assertThat(out.toString()).contains("ends with entry 2", "cut off");
            assertThat(ask(server, "audit", "verify", "--anchor=nonsense")).isEqualTo(2);
        }
        String config = Files.writeString(folder.resolve("tavern.conf"), "store.path = \"" + folder + "\"")
                .toString();
        assertThat(run("--config", config, "check")).isZero();
        Path anchor = folder.resolve("audit.anchor");
        assertThat(anchor).isRegularFile();
        Files.writeString(anchor, Files.readString(anchor).replaceFirst("(?m)^embedded:main 2", "embedded:main 3"));
        assertThat(run("--config", config, "check")).isEqualTo(1);
        assertThat(err.toString()).contains("audit log: the log ends with entry 2", "audit.anchor remembers entry 3");
    }

    @Test
    void anEntryThatSomebodyChangedInTheStoreIsNamed() throws IOException, SQLException {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true", "limits.idle-seconds=120");
                RawClient ann = server.client("ann", "hall")) {
            for (String reason : List.of("one", "two", "three")) {
                assertThat(ask(server, "whisper", "ann", "hello", "--reason=" + reason))
                        .isZero();
            }
            assertThat(ann.welcome().getPlayer()).isEqualTo("ann");
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tavern.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TRIGGER audit_is_never_changed");
            statement.execute("UPDATE audit SET reason = 'nothing' WHERE seq = 2");
        }
        try (TestServer server = TestServer.start(folder, "ops.enabled=true")) {
            assertThat(ask(server, "audit", "verify")).isEqualTo(1);
            assertThat(out.toString()).contains("entry 2 was changed");
        }
    }
}
