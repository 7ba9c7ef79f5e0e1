package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;

/** A server that is drained in the page: players are sent home, and the page says how far it is. */
final class ConsoleDrainIT {
    @TempDir
    Path folder;

    @TempDir
    Path profile;

    @Test
    void aDrainShowsItsProgressToItsEnd() throws Exception {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true", "limits.idle-seconds=120");
                RawClient ann = server.client("ann", "hall");
                ConsolePage page = ConsolePage.open(
                        "http://127.0.0.1:" + server.opsAddress().getPort(), profile)) {
            page.logIn(OpsClient.token(folder.resolve("ops-tokens"), "admin"));
            page.view("#/nodes");
            page.untilSays("main .card table", "hall");
            assertThat(page.see("document.querySelector('.drain').hidden")).isEqualTo("true");

            page.click("[aria-label='Drain this server']");
            page.confirm("drain");
            assertThat(ann.closedWith()).isIn(ErrorCode.GOING_AWAY, ErrorCode.ROOM_CLOSED);
            page.untilSays(".drain", "Drained: nobody is here and no room is open.");
            page.until("document.querySelector('.drain progress').position === 1");
            page.view("#/overview");
            page.untilSays(".alarm", "the server drains");
            page.screenshot("drained");
        }
    }
}
