package tavern.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.server.it.RealmServers;
import tavern.server.it.TestServer;

/** P-106 and P-109: a client in Node goes where its room is, and with it to another server, on real servers of one realm. */
@Timeout(240)
class NodeFollowIT {
    @RegisterExtension
    static final RealmServers servers = RealmServers.withOperators("limits.rates.chats=1000");

    /** What a player of the program has seen. */
    private record Seen(List<Integer> ports, List<Boolean> resumed, List<String> lines, List<String> problems) {}

    private record Report(int drain, int said, Seen ann, Seen ben) {}

    @Test
    void aSessionIsKeptAndNoLineMissedOnTheWayToTheRoomAndAway() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other")) {
            int here = one.address().getPort();
            int there = other.address().getPort();
            NodeProgram.Ended ended = NodeProgram.run(
                    servers.folder(),
                    Duration.ofMinutes(3),
                    "follow-main.js",
                    "127.0.0.1",
                    here,
                    there,
                    "http://127.0.0.1:" + other.opsAddress().getPort(),
                    OpsTokens.admin(servers.folder()));
            assertThat(ended.exit()).as(ended.output()).isZero();
            Report report = new Gson().fromJson(ended.output(), Report.class);
            assertThat(report.drain()).isEqualTo(200);
            List<String> lines = new ArrayList<>(IntStream.range(0, report.said())
                    .mapToObj(i -> "ben line " + i)
                    .toList());
            lines.add("ann that is all");
            assertThat(report.ann())
                    .isEqualTo(new Seen(List.of(here, there, here), List.of(false, true, true), lines, List.of()));
            assertThat(report.ben()).isEqualTo(new Seen(List.of(there, here), List.of(false, true), lines, List.of()));
        }
    }
}
