package tavern.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.server.it.RawClient;
import tavern.server.it.TestServer;

/** The client of {@code clients/godot3}, in Godot without a window, on a real server. */
@Timeout(60)
class GodotClientIT {
    @TempDir
    Path folder;

    @Test
    void itHearsEverythingOnceAlthoughItDropsItsConnectionAndSeesWhereAllAre() throws Exception {
        try (TestServer server = TestServer.start(folder, "limits.rates.chats=100");
                RawClient bob = server.client("bob")) {
            Joined joined = bob.join("hall");
            try (ClientProgram godot = start(server)) {
                bob.expect(message -> message.getChat().getText().equals("good evening"));
                bob.chat("cut");
                Entity own = joined.getState().getEntities(0);
                int moved = bob.move(own.getX() > 100 ? own.getX() - 9 : own.getX() + 9, own.getY());
                bob.expect(message -> isIn(message, moved));
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

    private ClientProgram start(TestServer server) throws Exception {
        return ClientProgram.start(
                folder.resolve("godot.stderr"),
                Map.of(
                        "HOME",
                        folder.toString(),
                        "TAVERN_PORT",
                        String.valueOf(server.address().getPort()),
                        "TAVERN_ROOM",
                        "hall"),
                List.of("godot3-server", "--path", Path.of("../clients/godot3").toString(), "-s", "run_session.gd"));
    }

    private static boolean isIn(ServerMessage message, int seq) {
        return message.getSnapshot().getSeqsList().stream().anyMatch(each -> each == seq);
    }
}
