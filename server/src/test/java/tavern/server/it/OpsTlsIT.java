package tavern.server.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ops API over TLS, with PEM files. */
class OpsTlsIT {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path folder;

    @Test
    void operatorsReachItOverTlsAndNotWithoutIt() throws Exception {
        KeyStore made = keyStore();
        String certificate =
                pem("cert.pem", "CERTIFICATE", made.getCertificate("ops").getEncoded());
        String key = pem("key.pem", "PRIVATE KEY", made.getKey("ops", PASSWORD).getEncoded());
        Path data = folder.resolve("data");
        try (TestServer server =
                TestServer.start(data, "ops.enabled=true", "ops.tls.cert=" + certificate, "ops.tls.key=" + key)) {
            URI url = URI.create("https://127.0.0.1:" + server.opsAddress().getPort() + "/api/v1/whoami");
            HttpRequest request = HttpRequest.newBuilder(url)
                    .header("Authorization", "Bearer " + OpsClient.token(data.resolve("ops-tokens"), "viewer"))
                    .build();
            HttpClient client =
                    HttpClient.newBuilder().sslContext(trusting(made)).build();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("viewer");
            assertThatThrownBy(() -> OpsClient.of(server.opsAddress()).get("/healthz"))
                    .isInstanceOfAny(IOException.class, RuntimeException.class);
        }
    }

    @Test
    void aStartThatFailsLeavesNoBooksOpen() throws Exception {
        String certificate = pem("cert.pem", "CERTIFICATE", "no certificate".getBytes(US_ASCII));
        String key = pem("key.pem", "PRIVATE KEY", "no key".getBytes(US_ASCII));
        Path data = folder.resolve("data");
        assertThatThrownBy(() ->
                        TestServer.start(data, "ops.enabled=true", "ops.tls.cert=" + certificate, "ops.tls.key=" + key))
                .hasMessageContaining("cert.pem");
        await("the thread of the books' ends")
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("ops-books")));
    }

    private KeyStore keyStore() throws Exception {
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "ops",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private String pem(String name, String kind, byte[] bytes) throws IOException {
        String text = "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(bytes) + "\n-----END " + kind
                + "-----\n";
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private static SSLContext trusting(KeyStore made) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, PASSWORD);
        trusted.setCertificateEntry("ops", made.getCertificate("ops"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
