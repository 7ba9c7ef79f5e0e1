package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ServerMessage;

/** The server dies by SIGKILL in the middle of a game. */
@Timeout(120)
class GameKillIT {
    private static final int TURNS = 200;

    @TempDir
    Path folder;

    @Test
    void whatWasToldIsKeptAndWhatIsAskedAgainHappensOnce() throws Exception {
        GameRoomIT.packTheGame(folder.resolve("games"));
        String[] settings = Stream.concat(
                        Stream.of(GameRoomIT.settings(folder.resolve("games"))), Stream.of(TradeStorm.NO_LIMITS))
                .toArray(String[]::new);
        List<String> told = new ArrayList<>();
        List<String> asked = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), settings);
                RawClient ann = new RawClient(server.address())) {
            ann.login("ann");
            GameRoomIT.join(ann, "t1");
            // What comes while the join is still under way waits, and little of it may (P-17).
            ann.answerTo(ann.send(GameRoomIT.saying(0, "hint ready")));
            for (int i = 1; i <= TURNS; i++) {
                asked.add("line" + i);
                ann.send(GameRoomIT.saying(i, "say line" + i));
            }
            try {
                hear(ann, told);
            } catch (IOException e) {
                throw new AssertionError("alive " + server.isAlive() + ", " + server.complaints() + ": " + e, e);
            }
            server.kill();
        }

        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), settings);
                RawClient ann = new RawClient(server.address())) {
            ann.login("ann");
            List<String> kept = GameRoomIT.text(GameRoomIT.join(ann, "t1").getView())
                    .lines()
                    .toList();
            assertThat(kept).containsAll(told);
            for (int i = 1; i <= TURNS; i++) {
                int seq = ann.send(GameRoomIT.saying(i, "say line" + i));
                ServerMessage answer = ann.answerTo(seq);
                assertThat(answer.hasTurnDone()).as("%s", answer).isTrue();
            }
            List<String> lines = GameRoomIT.text(GameRoomIT.join(ann, "t1").getView())
                    .lines()
                    .filter(line -> line.startsWith("line"))
                    .toList();
            assertThat(lines).isEqualTo(asked);
        }
    }

    /** Reads what is told about half of the turns, then until the connection ends. */
    private static void hear(RawClient ann, List<String> told) throws IOException {
        ServerMessage message = ann.read();
        while (told.size() < TURNS / 2) {
            assertThat(message.hasError()).as("%s", message).isFalse();
            if (message.hasCustom()) {
                String text = GameRoomIT.text(message.getCustom().getPayload());
                if (text.startsWith("ann: ")) {
                    told.add(text.substring("ann: ".length()));
                }
            }
            message = ann.read();
        }
    }
}
