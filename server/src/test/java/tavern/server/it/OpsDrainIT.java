package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.it.OpsClient.Answer;

/** A drained server takes nobody, lets those go who are there, and still answers its operators. */
class OpsDrainIT {
    @TempDir
    Path folder;

    @Test
    void aDrainTellsPlayersEndsSessionsAndIsSeenByLoadBalancers() throws IOException {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true");
                RawClient ann = server.client("ann", "hall")) {
            OpsClient admin = OpsClient.of(server.opsAddress(), folder, "admin");
            Answer drain = admin.post("/api/v1/drain", "{\"reason\": \"new machine\"}");
            assertThat(drain.status()).as(drain.body()).isEqualTo(200);
            ann.expect(ServerMessage::hasDraining);
            assertThat(ann.closedWith()).isEqualTo(ErrorCode.GOING_AWAY);
            await().until(() -> server.sessions() == 0);
            Answer ready = admin.get("/readyz");
            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.body()).contains("drains");
            assertThatThrownBy(() -> server.client("bob")).isInstanceOf(IOException.class);
        }
    }
}
