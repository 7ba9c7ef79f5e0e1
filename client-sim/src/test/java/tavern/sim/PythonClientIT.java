package tavern.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.Stack;
import tavern.server.games.TestJar;
import tavern.server.it.RawClient;
import tavern.server.it.ServerProcess;
import tavern.server.it.TestServer;
import tavern.server.services.RedisProcess;

/** The client of {@code clients/python}, on recorded sessions and on real servers. */
@Timeout(90)
class PythonClientIT {
    private static final int TURNS = 150;
    private static final Pattern BLOCK = Pattern.compile("^```python\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    @TempDir
    Path folder;

    @Test
    void itSaysAndKnowsWhatTheRecordingsExpect() throws Exception {
        String[] recordings;
        try (Stream<Path> files = Files.list(Path.of("../docs/recordings"))) {
            recordings = files.map(Path::toString).sorted().toArray(String[]::new);
        }
        try (ClientProgram program = PythonProgram.start(folder, "run_recordings.py", recordings)) {
            assertThat(program.end()).last().isEqualTo(recordings.length + " passed, 0 failed");
        }
    }

    /** P-22 where a Welcome is lost, and P-83 to P-85; the program's complaints say which case fails. */
    @Test
    void itDoesWhatItsOwnTestsExpect() throws Exception {
        try (ClientProgram program = PythonProgram.start(folder, "test_tavern_client.py")) {
            program.end();
        }
    }

    /** The program compares what its two players have heard and traded; here the server says where they are and what they own. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void nothingIsMissedOrDoneTwiceThoughConnectionsAreCut(long seed) throws Exception {
        try (TestServer server = TestServer.start(
                        folder,
                        "limits.rates.chats=1000",
                        "limits.rates.whispers=1000",
                        "limits.rates.trades=1000",
                        "limits.frames-per-second=5000",
                        "game.starter-kit.stacks.potion=100");
                ClientProgram program = PythonProgram.start(
                        folder,
                        "run_cuts.py",
                        "127.0.0.1",
                        String.valueOf(server.address().getPort()),
                        String.valueOf(seed))) {
            String line = program.line();
            if (line == null) {
                program.end();
            }
            JsonObject seen =
                    JsonParser.parseString(Objects.requireNonNull(line)).getAsJsonObject();
            try (RawClient observer = server.client("eve")) {
                Joined joined = observer.join("cuts-" + seed);
                for (String player : List.of("ann", "bob")) {
                    assertThat(seen.getAsJsonObject("places").get(player))
                            .as(player)
                            .isEqualTo(place(joined, player));
                }
            }
            program.end();
            for (String player : List.of("ann", "bob")) {
                try (RawClient again = server.client(player)) {
                    JsonObject gold = seen.getAsJsonObject("gold");
                    JsonObject versions = seen.getAsJsonObject("versions");
                    Inventory inventory = again.readInventory();
                    assertThat(inventory.getStacksList())
                            .contains(Stack.newBuilder()
                                    .setKind("gold")
                                    .setCount(gold.get(player).getAsLong())
                                    .build());
                    assertThat(inventory.getVersion())
                            .isEqualTo(versions.get(player).getAsLong());
                }
            }
        }
    }

    @Test
    void theExampleOfTheGuideWorks() throws Exception {
        String example = Files.readString(Path.of("../clients/python/example.py"));
        assertThat(BLOCK.matcher(Files.readString(Path.of("../docs/CLIENTS.md")))
                        .results())
                .singleElement()
                .satisfies(block -> assertThat(example).contains(block.group(1)));
        try (TestServer server = TestServer.start(folder);
                ClientProgram program = PythonProgram.start(
                        folder,
                        "example.py",
                        "127.0.0.1",
                        String.valueOf(server.address().getPort()),
                        "ann")) {
            assertThat(program.end())
                    .hasSize(3)
                    .startsWith("1 in hall", "ann: good evening")
                    .last()
                    .asString()
                    .startsWith("no: TRADE_BAD_PARTNER: ");
        }
    }

    @Test
    void aRoomOnAnotherServerIsJoinedThere() throws Exception {
        try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"));
                TestServer here = clustered(redis, "here");
                TestServer there = clustered(redis, "there");
                RawClient eve = there.client("eve", "hall");
                ClientProgram program = PythonProgram.start(
                        folder,
                        "example.py",
                        "127.0.0.1",
                        String.valueOf(here.address().getPort()),
                        "ann")) {
            assertThat(program.end()).startsWith("2 in hall", "ann: good evening");
            eve.expect(message -> message.getChat().getPlayer().equals("ann"));
        }
    }

    private TestServer clustered(RedisProcess redis, String node) throws Exception {
        return TestServer.start(
                folder.resolve(node),
                "store.kind=redis",
                "store.redis.uri=" + redis.uri(),
                "store.redis.command-timeout-millis=5000",
                "limits.idle-seconds=120",
                "cluster.enabled=true",
                "node.id=" + node);
    }

    private static JsonArray place(Joined joined, String player) {
        Entity entity = joined.getState().getEntitiesList().stream()
                .filter(each -> each.getPlayer().equals(player))
                .findAny()
                .orElseThrow();
        JsonArray place = new JsonArray();
        place.add(entity.getX());
        place.add(entity.getY());
        return place;
    }

    @Test
    void eachTurnIsDoneOnceThoughConnectionsAreCutAndTheServerIsKilled() throws Exception {
        TestJar.pot().write(folder.resolve("games/pot.jar"));
        String[] settings = {
            "games.path=" + folder.resolve("games"),
            "games.types.pots.game=pot",
            "limits.rates.customs=1000",
            "limits.frames-per-second=5000",
            "net.port=0"
        };
        int port;
        ClientProgram program;
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), settings)) {
            port = server.address().getPort();
            program = PythonProgram.start(
                    folder, "run_turns.py", "127.0.0.1", String.valueOf(port), "7", String.valueOf(TURNS));
            assertThat(program.line()).isEqualTo("half");
            server.kill();
        }
        settings[settings.length - 1] = "net.port=" + port;
        try (program;
                ServerProcess server = ServerProcess.start(folder.resolve("data"), settings)) {
            assertThat(program.end()).containsExactly(String.valueOf(2 * TURNS));
        }
    }
}
