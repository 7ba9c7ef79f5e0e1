package tavern.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.it.OpsClient;
import tavern.server.it.RealmServers;
import tavern.server.it.TestServer;

/** P-106: clients go where their rooms are, and go on when a server gives all that it has to another one. */
class RealmStormIT {
    @RegisterExtension
    static final RealmServers servers = RealmServers.withOperators(StormSize.server());

    @TempDir
    Path folder;

    @Test
    void inNodeNothingIsLostOrHeardTwiceWhileAServerIsDrained() throws Exception {
        StormSize storm = StormSize.ofTheBuild();
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other")) {
            FutureTask<NodeProgram.Ended> play = new FutureTask<>(() -> NodeProgram.run(
                    folder,
                    storm.patience(),
                    "storm-main.js",
                    "127.0.0.1",
                    one.address().getPort(),
                    storm.sessions(),
                    storm.cuts(),
                    storm.seed()));
            new Thread(play, "storm").start();
            await().atMost(storm.patience())
                    .until(() -> play.isDone() || one.sessions() + other.sessions() >= storm.sessions());
            assertThat(OpsClient.of(one.opsAddress(), servers.folder(), "admin")
                            .post("/api/v1/drain", "{\"reason\": \"new machine\"}")
                            .status())
                    .isEqualTo(200);
            storm.check(play.get().output());
            assertThat(one.sessions()).isZero();
        }
    }
}
