package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ServerMessage;

/** A turn sees what somebody has who is not there. */
@Timeout(60)
class AbsentReadsIT {
    @TempDir
    Path folder;

    private static void done(RawClient client, String text) throws IOException {
        ServerMessage answer = client.answerTo(client.send(GameRoomIT.saying(0, text)));
        assertThat(answer.hasTurnDone()).as("%s", answer).isTrue();
    }

    private static String told(RawClient client, String said) throws IOException {
        client.send(GameRoomIT.saying(0, said));
        ServerMessage told = client.expect(message -> message.hasCustom()
                && GameRoomIT.text(message.getCustom().getPayload()).contains(" has "));
        return GameRoomIT.text(told.getCustom().getPayload());
    }

    @Test
    void goodsValuesAndNamesAreReadForATurn() throws Exception {
        GameRoomIT.packTheGame(folder.resolve("games"));
        try (TestServer server =
                        TestServer.start(folder.resolve("data"), GameRoomIT.settings(folder.resolve("games")));
                RawClient ann = server.client("ann")) {
            try (RawClient bob = server.client("bob")) {
                GameRoomIT.join(bob, "t2");
                done(bob, "earn 7");
                done(bob, "put hello");
                done(bob, "save 2");
            }
            GameRoomIT.join(ann, "t1");
            assertThat(told(ann, "look bob")).isEqualTo("bob has 1005 gold, note: hello; the bank has 2");
            assertThat(told(ann, "look ghost")).isEqualTo("ghost has nobody; the bank has 2");
            done(ann, "earn 5");
            done(ann, "save 5");
            assertThat(told(ann, "look ann")).contains("; the bank has 7");
        }
    }
}
