package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.TavernServer;
import tavern.server.config.TavernConfig;
import tavern.server.it.OpsClient.Answer;
import tavern.server.store.embedded.EmbeddedStore;

/** A key protects from a second grant for ever, so nothing is given while nobody can tell whether it was used. */
@Timeout(180)
final class GrantKeysIT {
    @TempDir
    Path folder;

    @Test
    void whileTheBooksAreNotCompleteAKeyThatTheStoreDoesNotKnowIsRefused() throws Exception {
        TavernConfig config = TestServer.config(folder, "ops.enabled=true");
        HeldStore held = new HeldStore(EmbeddedStore.open(config.store()));
        held.hold("ledger");
        try (TavernServer server = TavernServer.start(config, held.store());
                RawClient ann = new RawClient(server.address())) {
            ann.login("ann");
            Answer refused = grant(server);
            assertThat(refused.status()).as(refused.body()).isEqualTo(503);
            assertThat(refused.errorCode()).isEqualTo("UNAVAILABLE");
            assertThat(refused.body()).contains("books are complete", "nothing was done");

            held.letAllGo();
            await().untilAsserted(() -> {
                Answer given = grant(server);
                assertThat(given.status()).as(given.body()).isEqualTo(200);
                assertThat(given.body()).contains("gave 5 gold");
            });
            held.hold("ledger");
            assertThat(grant(server).body()).as("a repeat").contains("done already");
            held.letAllGo();
        }
    }

    private Answer grant(TavernServer server) throws IOException {
        return OpsClient.of(Objects.requireNonNull(server.opsAddress()), folder, "admin")
                .post(
                        "/api/v1/players/ann/grant",
                        "{\"reason\": \"a test\", \"key\": \"prize\", \"stacks\": {\"gold\": 5}}");
    }
}
