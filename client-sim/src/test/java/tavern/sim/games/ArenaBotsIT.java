package tavern.sim.games;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.client.ClientListener;
import tavern.client.ClientSettings;
import tavern.client.ClientTransport;
import tavern.client.TavernClient;
import tavern.examples.arena.ArenaModule;
import tavern.protocol.v1.LeaderboardEntry;
import tavern.server.it.ServerProcess;
import tavern.sim.BotsRun;

/** The bots of the arena fight on a real server; they find out themselves when a monster is slain twice, or loot is not had once. */
@Timeout(120)
class ArenaBotsIT {
    @TempDir
    Path folder;

    private final BotsRun bots = new BotsRun();
    private final EventLoopGroup loops = ClientTransport.loops(1);
    private Path jar = Path.of("");

    @BeforeEach
    void installTheGame() throws Exception {
        jar = Path.of(ArenaModule.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        assertThat(jar).as("the jar of the game, which mvn verify packs").isRegularFile();
        Files.createDirectories(folder.resolve("games"));
        Files.copy(jar, folder.resolve("games/arena.jar"));
    }

    @AfterEach
    void stopLoops() throws InterruptedException {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @Test
    void eachLootIsHadOnceAlthoughConnectionsBreak() throws Exception {
        try (ServerProcess server = start(0)) {
            int port = server.address().getPort();

            assertThat(fight(port, "--churn=0.5", "--duration=8s"))
                    .as(bots.output())
                    .isZero();

            assertThat(slain(port)).isPositive();
            assertNothingIsOpen();
        }
    }

    @Test
    void noMonsterIsSlainTwiceAlthoughTheServerIsKilled() throws Exception {
        int port;
        long before;
        CompletableFuture<Integer> exit;
        try (ServerProcess server = start(0)) {
            port = server.address().getPort();
            exit = CompletableFuture.supplyAsync(() -> fight(port, "--churn=0", "--duration=15s"));
            await("a fight")
                    .atMost(30, TimeUnit.SECONDS)
                    .pollInterval(50, TimeUnit.MILLISECONDS)
                    .until(() -> slain(port) > 0);
            before = slain(port);
            server.kill();
        }
        try (ServerProcess server = start(port)) {
            assertThat(exit.get(90, TimeUnit.SECONDS)).as(bots.output()).isZero();
            assertThat(slain(server.address().getPort()))
                    .as("what the leaderboard has told is kept")
                    .isGreaterThanOrEqualTo(before);
            assertNothingIsOpen();
        }
    }

    private ServerProcess start(int port) throws Exception {
        return ServerProcess.start(
                folder.resolve("data"),
                "games.path=" + folder.resolve("games"),
                "games.types.fights.game=arena",
                "net.port=" + port);
    }

    private int fight(int port, String churn, String duration) {
        return bots.on(
                port,
                "--game=" + jar,
                "--type=fights",
                "--bots=8",
                "--rooms=2",
                churn,
                duration,
                "--report=" + folder.resolve("report.json"));
    }

    private void assertNothingIsOpen() throws Exception {
        JsonObject turns = BotsRun.report(folder.resolve("report.json")).getAsJsonObject("turns");
        assertThat(turns.get("done").getAsLong()).isPositive();
        assertThat(turns.get("unanswered").getAsLong()).isZero();
    }

    /** All points on the leaderboard, as any player may ask for them. */
    private long slain(int port) throws Exception {
        TavernClient client = new TavernClient(
                ClientSettings.of("127.0.0.1", port, "watcher"), loops.next(), new ClientListener() {});
        client.connect().get(10, TimeUnit.SECONDS);
        long slain = client.leaderboard("arena.slain", 0).get(10, TimeUnit.SECONDS).getEntriesList().stream()
                .mapToLong(LeaderboardEntry::getPoints)
                .sum();
        client.bye();
        return slain;
    }
}
