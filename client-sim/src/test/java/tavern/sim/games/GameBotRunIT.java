package tavern.sim.games;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;
import tavern.sim.BotsRun;

/** {@code bin/bots --game}, on a small server of the test's own that can break its game's rules. */
@Timeout(60)
class GameBotRunIT {
    private static final int NEVER = Integer.MAX_VALUE;

    private final BotsRun bots = new BotsRun();

    @TempDir
    Path folder;

    @Test
    void botsPlayAndReconnectAndEachTurnIsDoneOnce() throws Exception {
        try (CountingServer server = new CountingServer("counting", NEVER, ErrorCode.BAD_VALUE)) {
            assertThat(run(server, "--churn=1", "--duration=3s"))
                    .as(bots.output())
                    .isZero();
            JsonObject report = report();
            JsonObject turns = report.getAsJsonObject("turns");
            assertThat(report.get("connected").getAsInt()).isEqualTo(6);
            assertThat(report.getAsJsonObject("sessions").get("lost").getAsInt())
                    .isPositive();
            assertThat(turns.get("done").getAsLong()).isPositive().isEqualTo(server.counted());
            assertThat(turns.get("unanswered").getAsLong()).isZero();
            assertThat(turns.get("perSecond").getAsDouble()).isPositive();
            assertThat(turns.getAsJsonObject("refused").get("BAD_VALUE").getAsLong())
                    .isPositive();
            assertThat(turns.getAsJsonObject("latencyMs").get("p99").getAsDouble())
                    .isPositive();
            assertThat(server.tickets()).hasSize(6).contains("bot 0");
            assertThat(bots.output()).contains("turns ", "PASSED");
        }
    }

    @Test
    void aFaultThatABotFindsFailsTheRun() throws Exception {
        try (CountingServer server = new CountingServer("counting", 3, ErrorCode.BAD_VALUE)) {
            assertThat(run(server, "--churn=0", "--duration=4s")).isEqualTo(1);
            assertThat(bots.output()).contains("faults of the game: ", "told 4 after 2", "FAILED");
            assertThat(report().get("faultCount").getAsLong()).isPositive();
        }
    }

    @Test
    void aFaultOfTheServerFailsTheRun() throws Exception {
        try (CountingServer server = new CountingServer("counting", NEVER, ErrorCode.INTERNAL)) {
            assertThat(run(server, "--churn=0", "--duration=4s")).isEqualTo(1);
            assertThat(bots.output()).contains("the server failed: INTERNAL");
        }
    }

    @Test
    void aRoomWithoutAGameFailsTheRun() throws Exception {
        try (CountingServer server = new CountingServer("", NEVER, ErrorCode.BAD_VALUE)) {
            assertThat(run(server, "--churn=0", "--duration=4s")).isEqualTo(1);
            assertThat(bots.output()).contains("the room has no game");
        }
    }

    private int run(CountingServer server, String churn, String duration) throws Exception {
        return bots.on(
                server.port(),
                "--game=" + BotJars.counting(folder),
                "--type=tables",
                "--bots=6",
                "--rooms=2",
                duration,
                "--report=" + folder.resolve("report.json"),
                churn);
    }

    private JsonObject report() throws Exception {
        return BotsRun.report(folder.resolve("report.json"));
    }
}
