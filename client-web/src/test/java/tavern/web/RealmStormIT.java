package tavern.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.server.it.RealmServers;
import tavern.server.it.TestServer;

/**
 * P-104 to P-109: sessions whose connections break all the time, many before their Welcome, in a realm of two servers of which
 * one is drained meanwhile. Players come back to either server, so one redirect follows another.
 */
@Timeout(120)
class RealmStormIT {
    private static final int SESSIONS = 20;
    private static final int ROOMS = 4;
    private static final int CUTS = 30;
    private static final Duration PATIENCE = Duration.ofSeconds(55);

    @RegisterExtension
    static final RealmServers servers = RealmServers.withOperators(StormSize.server());

    @Test
    void nobodyLosesTheRoomUntoldAndNothingIsHeardTwiceWhicheverServerAPlayerComesBackTo() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other")) {
            NodeProgram.Ended ended = NodeProgram.run(
                    servers.folder(),
                    PATIENCE,
                    "realm-storm-main.js",
                    "127.0.0.1",
                    one.address().getPort(),
                    other.address().getPort(),
                    "http://127.0.0.1:" + other.opsAddress().getPort(),
                    OpsTokens.admin(servers.folder()),
                    SESSIONS,
                    ROOMS,
                    CUTS,
                    StormSize.ofTheBuild().seed());
            String report = ended.output();
            assertThat(ended.exit()).as(report).isZero();
            JsonObject told = JsonParser.parseString(report).getAsJsonObject();
            assertThat(told.getAsJsonArray("problems")).as(report).isEmpty();
            assertThat(told.get("drain").getAsInt()).as(report).isEqualTo(200);
            int cuts = (SESSIONS - ROOMS) * CUTS;
            assertThat(told.get("cuts").getAsInt()).as(report).isEqualTo(cuts);
            assertThat(told.get("resumed").getAsInt()).as(report).isGreaterThan(cuts / 4);
            assertThat(told.get("chats").getAsInt()).as(report).isGreaterThan(SESSIONS);
            assertThat(told.getAsJsonArray("lost"))
                    .as("only who is away while the one server ends: %s", report)
                    .hasSizeLessThan(SESSIONS / 2);
        }
    }
}
