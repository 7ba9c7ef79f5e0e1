package tavern.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.netty.channel.epoll.Epoll;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tavern.server.TavernServer;
import tavern.server.config.ConfigLoader;

/** The bots on a real server; the store's file is audited too. */
@Timeout(120)
class BotsIT {
    private final BotsRun bots = new BotsRun();

    @TempDir
    Path folder;

    /** Rooms on the connections' threads and on their own threads, and both kinds of transport. */
    @ParameterizedTest
    @CsvSource({"room.threads, 0", "room.threads, 2", "net.transport, epoll", "net.transport, nio"})
    void botsThatMoveChatTradeAndChurnFindNothingWrong(String setting, String value) throws Exception {
        assumeTrue(!value.equals("epoll") || Epoll.isAvailable());
        Path report = folder.resolve("report.json");
        Path page = folder.resolve("report.html");
        try (TavernServer server = start(setting, value)) {
            int exit = bots.on(
                    server.address().getPort(),
                    "--bots=40",
                    "--rooms=4",
                    "--duration=6s",
                    "--trade-rate=1",
                    "--chat-rate=1",
                    "--churn=0.2",
                    "--store=" + folder.resolve("data/tavern.db"),
                    "--report=" + report,
                    "--html=" + page);
            assertThat(exit).as(bots.output()).isZero();
        }
        JsonObject json = JsonParser.parseString(Files.readString(report)).getAsJsonObject();
        assertThat(json.get("connected").getAsInt()).isEqualTo(40);
        assertThat(json.get("disconnects").getAsInt()).isZero();
        assertThat(json.getAsJsonObject("trades").get("committed").getAsInt()).isGreaterThan(20);
        assertThat(json.getAsJsonObject("sessions").get("resumed").getAsInt()).isPositive();
        assertThat(json.getAsJsonObject("sessions").get("lost").getAsInt()).isZero();
        long sent = json.getAsJsonObject("moves").get("sent").getAsLong();
        assertThat(sent).isPositive();
        // Nine others see each move; on a busy machine several moves are coalesced into one update.
        assertThat(json.getAsJsonObject("moves").get("seen").getAsLong()).isGreaterThan(sent);
        assertThat(json.getAsJsonObject("audit").get("inStore"))
                .isEqualTo(json.getAsJsonObject("audit").get("acknowledged"));
        assertThat(page).content().contains("</html>");
    }

    @Test
    void inARoomOfCellsBotsSeeWhoIsNearAndNobodyElse() throws Exception {
        Path report = folder.resolve("report.json");
        try (TavernServer server = start("room.interest.from-capacity", "1")) {
            int exit = bots.on(
                    server.address().getPort(),
                    "--bots=80",
                    "--rooms=1",
                    "--duration=6s",
                    "--churn=0.2",
                    "--store=" + folder.resolve("data/tavern.db"),
                    "--report=" + report);
            assertThat(exit).as(bots.output()).isZero();
        }
        JsonObject json = BotsRun.report(report);
        assertThat(json.getAsJsonObject("sight").get("checked").getAsLong()).isGreaterThan(1_000);
        assertThat(json.getAsJsonObject("sessions").get("resumed").getAsInt()).isPositive();
        long sent = json.getAsJsonObject("moves").get("sent").getAsLong();
        // About one in eleven of the 79 others is in view.
        assertThat(json.getAsJsonObject("moves").get("seen").getAsLong()).isBetween(sent, sent * 30);
    }

    /** What the first server leaves is sealed as soon as the second one has started. */
    @Test
    void theAuditBeginsAtTheCheckpointOfWhatTheServerHasSealed() throws Exception {
        for (int run = 0; run < 2; run++) {
            try (TavernServer server = start("store.archive.segment-entries", "20")) {
                int exit = bots.on(
                        server.address().getPort(),
                        "--bots=20",
                        "--rooms=2",
                        "--duration=4s",
                        "--trade-rate=2",
                        "--store=" + folder.resolve("data/tavern.db"));
                assertThat(exit).as(bots.output()).isZero();
            }
        }
        assertThat(folder.resolve("data/archive/000000000001.segment")).exists();
    }

    @Test
    void withoutAServerThereIsOneLineAndExitCode3() throws Exception {
        int port;
        try (TavernServer server = start()) {
            port = server.address().getPort();
        }
        assertThat(bots.on(port, "--bots=2", "--rooms=1")).isEqualTo(3);
        assertThat(bots.errors()).hasLineCount(1).contains("127.0.0.1:" + port).contains("connection refused");
    }

    private TavernServer start(String... setting) throws Exception {
        Map<String, String> properties = new HashMap<>(Map.of(
                "net.port",
                "0",
                "ops.enabled",
                "false",
                "store.path",
                folder.resolve("data").toString()));
        if (setting.length == 2) {
            properties.put(setting[0], setting[1]);
        }
        return TavernServer.start(ConfigLoader.load(null, Map.of(), properties).config());
    }
}
