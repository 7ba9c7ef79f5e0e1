package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.server.it.OpsClient.Answer;
import tavern.server.services.FairTime;

/** Servers of one realm have the same operators, and notice changes at once; without the store they go on. */
@Timeout(120)
final class RealmOperatorsIT {
    /** The server promises a second; a busy machine gets a little more. */
    private static final Duration OUT_WITHIN = Duration.ofSeconds(3);

    @RegisterExtension
    static final RealmServers servers = RealmServers.with("ops.enabled=true", "ops.password-iterations=100000");

    private static String signIn(TestServer server) throws IOException {
        Answer answer = OpsClient.of(server.opsAddress())
                .post("/api/v1/sign-in", "{\"name\": \"ann\", \"password\": \"correct horse battery\"}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().get("key").getAsString();
    }

    private static int status(TestServer server, String key) throws IOException {
        return OpsClient.of(server.opsAddress())
                .token(key)
                .get("/api/v1/overview")
                .status();
    }

    @Test
    void aSessionHoldsEverywhereAndSoDoesItsEnd() throws Exception {
        try (TestServer one = servers.start("one");
                TestServer other = servers.start("other")) {
            OpsClient admin = OpsClient.of(one.opsAddress(), servers.folderOf("one"), "admin");
            admin.post(
                    "/api/v1/operators",
                    "{\"name\": \"ann\", \"roles\": [\"viewer\"], \"forever\": true, \"reason\": \"a test\","
                            + " \"newPassword\": \"correct horse battery\"}");
            String key = signIn(one);
            assertThat(status(other, key)).as("without any delay").isEqualTo(200);
            admin.post("/api/v1/operators/ann/disable", "{\"reason\": \"a test\"}");
            long disabled = FairTime.nanos();
            assertThat(status(one, key)).isEqualTo(401);
            await().untilAsserted(() -> assertThat(status(other, key)).isEqualTo(401));
            assertThat(Duration.ofNanos(FairTime.nanos() - disabled)).isLessThan(OUT_WITHIN);

            admin.post("/api/v1/operators/ann/enable", "{\"reason\": \"a test\"}");
            String again = signIn(other);
            assertThat(status(one, again)).isEqualTo(200);
            servers.redis().freeze();
            try {
                assertThat(status(one, again))
                        .as("known before the store went away")
                        .isEqualTo(200);
                Answer refused = OpsClient.of(one.opsAddress())
                        .post("/api/v1/sign-in", "{\"name\": \"ann\", \"password\": \"correct horse battery\"}");
                assertThat(refused.status()).as(refused.body()).isEqualTo(503);
                assertThat(admin.get("/api/v1/overview").status()).isEqualTo(200);
            } finally {
                servers.redis().thaw();
            }
        }
    }
}
