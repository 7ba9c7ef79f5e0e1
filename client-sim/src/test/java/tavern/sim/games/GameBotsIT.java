package tavern.sim.games;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.client.ClientListener;
import tavern.client.ClientSettings;
import tavern.client.ClientTransport;
import tavern.client.JoinOptions;
import tavern.client.TavernClient;
import tavern.protocol.v1.Joined;
import tavern.server.games.TestJar;
import tavern.server.it.ServerProcess;
import tavern.sim.BotsRun;

/** A game's bots on a real server with their game, which is killed while they play. */
@Timeout(90)
class GameBotsIT {
    private static final int BOTS = 8;
    private static final int ROOMS = 2;

    @TempDir
    Path folder;

    @Test
    void eachTurnIsDoneOnceAlthoughConnectionsBreakAndTheServerIsKilled() throws Exception {
        TestJar.pot().write(folder.resolve("games/pot.jar"));
        String[] settings = {"games.path=" + folder.resolve("games"), "games.types.pots.game=pot", "net.port=0"};
        Path jar = BotJars.write(folder, PotBots.class.getName());
        BotsRun bots = new BotsRun();
        int port;
        CompletableFuture<Integer> exit;
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), settings)) {
            port = server.address().getPort();
            exit = CompletableFuture.supplyAsync(() -> bots.on(
                    port,
                    "--game=" + jar,
                    "--type=pots",
                    "--bots=" + BOTS,
                    "--rooms=" + ROOMS,
                    "--churn=0.5",
                    "--duration=10s",
                    "--report=" + folder.resolve("report.json")));
            await("turns")
                    .atMost(30, TimeUnit.SECONDS)
                    .pollInterval(50, TimeUnit.MILLISECONDS)
                    .until(() -> pots(port) > 0);
            server.kill();
        }
        settings[2] = "net.port=" + port;
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), settings)) {
            assertThat(exit.get(60, TimeUnit.SECONDS)).as(bots.output()).isZero();
            JsonObject report = BotsRun.report(folder.resolve("report.json"));
            JsonObject turns = report.getAsJsonObject("turns");
            assertThat(report.getAsJsonObject("sessions").get("lost").getAsInt())
                    .isPositive();
            assertThat(turns.get("unanswered").getAsLong()).isZero();
            assertThat(turns.get("done").getAsLong())
                    .isEqualTo(pots(server.address().getPort()));
        }
    }

    /** What is in the pots of all rooms, as somebody sees it who comes in. */
    private static long pots(int port) throws Exception {
        EventLoopGroup loops = ClientTransport.loops(1);
        try {
            TavernClient client = new TavernClient(
                    ClientSettings.of("127.0.0.1", port, "ann"), loops.next(), new ClientListener() {});
            client.connect().get(10, TimeUnit.SECONDS);
            long sum = 0;
            for (int room = 0; room < ROOMS; room++) {
                Joined joined =
                        client.join("room-" + room, JoinOptions.ofType("pots")).get(10, TimeUnit.SECONDS);
                sum += PotBots.value(joined.getView());
            }
            client.bye();
            return sum;
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }
}
