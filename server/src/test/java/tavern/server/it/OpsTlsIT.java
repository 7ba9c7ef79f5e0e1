package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.tls.TestCertificate;

/** The ops API over TLS, with PEM files. */
class OpsTlsIT {
    @TempDir
    Path folder;

    @Test
    void operatorsReachItOverTlsAndNotWithoutIt() throws Exception {
        TestCertificate made = TestCertificate.make(folder, "ops");
        Path data = folder.resolve("data");
        try (TestServer server = TestServer.start(
                data, "ops.enabled=true", "ops.tls.cert=" + made.certificateFile(), "ops.tls.key=" + made.keyFile())) {
            URI url = URI.create("https://127.0.0.1:" + server.opsAddress().getPort() + "/api/v1/whoami");
            HttpRequest request = HttpRequest.newBuilder(url)
                    .header("Authorization", "Bearer " + OpsClient.token(data.resolve("ops-tokens"), "viewer"))
                    .build();
            HttpClient client =
                    HttpClient.newBuilder().sslContext(made.trusting()).build();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("viewer");
            assertThatThrownBy(() -> OpsClient.of(server.opsAddress()).get("/healthz"))
                    .isInstanceOfAny(IOException.class, RuntimeException.class);
        }
    }

    @Test
    void aStartThatFailsLeavesNoBooksOpen() throws Exception {
        Path data = folder.resolve("data");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = "ops.port=" + taken.getLocalPort();
            assertThatThrownBy(() -> TestServer.start(data, "ops.enabled=true", port))
                    .hasMessageContaining("ops.port = " + taken.getLocalPort());
        }
        await("the thread of the books' ends")
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("books")));
    }
}
