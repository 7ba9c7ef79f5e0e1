package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.ServerMessage;

/** SIGTERM while players play: the log of a clean stop contains neither a warning nor an error. */
@Timeout(120)
class CleanStopIT {
    @TempDir
    private Path folder;

    /** The settings of the server, each {@code key=value}. */
    String[] settings() {
        return new String[0];
    }

    @Test
    void aCleanStopWarnsOfNothing() throws Exception {
        String[] all = Stream.concat(
                        Stream.of("ops.enabled=true", "ops.port=0", "limits.hello-seconds=60"), Stream.of(settings()))
                .toArray(String[]::new);
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), all);
                RawClient stranger = new RawClient(server.address());
                RawClient ann = new RawClient(server.address());
                RawClient ben = new RawClient(server.address())) {
            ann.login("ann");
            ben.login("ben");
            ann.join("hall");
            ben.join("hall");
            ann.offer(TestIds.fresh(), "ben", RawClient.gold(1), Goods.getDefaultInstance());
            ann.chat("see you");
            ben.expect(ServerMessage::hasChat);
            server.terminate();
            stranger.close();
            for (RawClient player : new RawClient[] {ann, ben}) {
                assertThat(player.closedWith()).isEqualTo(ErrorCode.GOING_AWAY);
                player.close();
            }
            assertThat(server.exitCode(30)).as(server.complaints()).isZero();
            // A room may say that the machine was slow.
            assertThat(server.complaints().lines()).allMatch(line -> line.contains(" at one go "));
        }
    }
}
