package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.it.OpsClient.Answer;

/** The ops API behind a proxy on the same machine: it can be told who asks, by the proxy and by nobody else. */
class OpsProxyIT {
    private static final String PROXY = "127.3.0.1";

    @TempDir
    static Path folder;

    private static TestServer server;
    private static OpsClient local;
    private static OpsClient proxy;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(folder, "ops.enabled=true", "ops.trusted-proxies=[127.3.0.0/16]");
        local = OpsClient.of(server.opsAddress());
        proxy = local.from(PROXY);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Answer guess(OpsClient client) throws IOException {
        return client.token("x".repeat(43)).get("/api/v1/overview");
    }

    @Test
    void metricsAreOpenToThisMachineAndNotThroughAProxyOnIt() throws IOException {
        assertThat(local.get("/metrics").status()).isEqualTo(200);
        for (OpsClient through : new OpsClient[] {local, proxy}) {
            for (String header : new String[] {"X-Forwarded-For", "X-Real-IP", "Via", "Forwarded"}) {
                String value = header.equals("Forwarded") ? "for=127.0.0.1" : "127.0.0.1";
                assertThat(through.with(header, value).get("/metrics").status())
                        .as(header)
                        .isEqualTo(401);
            }
        }
    }

    @Test
    void whoGuessesThroughTheProxyLocksOutNoOtherThere() throws IOException {
        OpsClient guesser = proxy.with("X-Forwarded-For", "198.51.100.7");
        for (int i = 0; i < 10; i++) {
            assertThat(guess(guesser).status()).isEqualTo(401);
        }
        assertThat(guess(guesser).status()).isEqualTo(429);
        assertThat(guess(proxy.with("X-Forwarded-For", "198.51.100.8")).status())
                .isEqualTo(401);
        assertThat(guess(proxy.with("X-Forwarded-For", "198.51.100.8, 198.51.100.7"))
                        .status())
                .as("the last address is the proxy's own word")
                .isEqualTo(429);
    }

    @Test
    void whoForgesAnAddressIsCountedByItsOwn() throws IOException {
        OpsClient forger = local.from("127.4.0.1").with("X-Forwarded-For", "198.51.100.20");
        for (int i = 0; i < 10; i++) {
            assertThat(guess(forger).status()).isEqualTo(401);
        }
        assertThat(guess(forger.with("X-Forwarded-For", "198.51.100.21")).status())
                .isEqualTo(429);
        assertThat(guess(proxy.with("X-Forwarded-For", "198.51.100.20")).status())
                .isEqualTo(401);
    }

    @Test
    void headersThatContradictEachOtherAreRefused() throws IOException {
        OpsClient both = proxy.with("X-Forwarded-For", "198.51.100.30").with("Forwarded", "for=198.51.100.31");
        assertThat(guess(both).status()).isEqualTo(400);
    }

    @Test
    void theAuditLogHasTheForwardedAddress() throws IOException {
        OpsClient admin = OpsClient.of(server.opsAddress(), folder, "admin");
        Answer done = admin.from(PROXY)
                .with("X-Forwarded-For", "203.0.113.9, 198.51.100.40")
                .post("/api/v1/announce", "{\"reason\": \"a test\", \"text\": \"hello\"}");
        assertThat(done.status()).as(done.body()).isEqualTo(200);
        assertThat(admin.get("/api/v1/audit").body()).contains("198.51.100.40").doesNotContain("203.0.113.9");
    }
}
