package tavern.server.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.tls.TestCertificate;

/** Certificates of players' and operators' ports, renewed while the server runs. */
class CertificatesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private static Path made;

    private static TestCertificate first;
    private static TestCertificate second;
    private static TestCertificate third;

    @TempDir
    private Path folder;

    private Path certificate;
    private Path key;

    @BeforeAll
    static void makeCertificates() throws Exception {
        first = TestCertificate.make(made, "first", "-validity", "5");
        second = TestCertificate.make(made, "second", "-validity", "100");
        third = TestCertificate.make(made, "third", "-keyalg", "RSA", "-validity", "100");
    }

    @BeforeEach
    void putFirst() throws IOException {
        certificate = folder.resolve("cert.pem");
        key = folder.resolve("key.pem");
        first.copyTo(certificate, key);
    }

    @Test
    void atSighupTheServerGoesOnWithTheNewCertificate() throws Exception {
        try (ServerProcess server = ServerProcess.start(
                        folder.resolve("data"),
                        "net.tls.cert=" + certificate,
                        "net.tls.key=" + key,
                        "limits.hello-seconds=60",
                        "limits.idle-seconds=120");
                SSLSocket old = connect(server.address())) {
            assertThat(shown(old)).isEqualTo(first.certificate());
            Files.copy(second.certificateFile(), certificate, StandardCopyOption.REPLACE_EXISTING);
            server.hangUp();
            await().atMost(PATIENCE).until(() -> server.complaints().contains("is the key of another certificate"));
            assertThat(shown(server.address())).isEqualTo(first.certificate());

            second.copyTo(certificate, key);
            server.hangUp();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(shown(server.address())).isEqualTo(second.certificate()));
            assertThat(server.isAlive()).isTrue();
            Say.hello("ann").setSeq(1).build().writeDelimitedTo(old.getOutputStream());
            assertThat(old.getInputStream().read())
                    .as("an answer on the old connection")
                    .isPositive();
            assertThat(server.complaints()).contains("net.tls.cert = " + certificate + ": this certificate ends on");
            server.terminate();
            assertThat(server.exitCode(30)).isZero();
        }
    }

    @Test
    void newFilesAreTakenWithoutASignalOnBothPorts() throws Exception {
        Path data = folder.resolve("data");
        try (TestServer server = TestServer.start(
                data,
                "net.tls.cert=" + certificate,
                "net.tls.key=" + key,
                "ops.enabled=true",
                "ops.tls.cert=" + certificate,
                "ops.tls.key=" + key)) {
            assertThat(shown(server.address())).isEqualTo(first.certificate());
            assertThat(shown(server.opsAddress())).isEqualTo(first.certificate());
            assertThat(get(server, "/metrics"))
                    .containsPattern("tavern_tls_certificate_expiry_seconds\\{section=\"net.tls\"} [34][0-9.]+E?");
            third.copyTo(certificate, key);
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(shown(server.address())).isEqualTo(third.certificate());
                assertThat(shown(server.opsAddress())).isEqualTo(third.certificate());
            });
        }
    }

    private static String get(TestServer server, String path) throws Exception {
        try (SSLSocket socket = connect(server.opsAddress())) {
            String request = "GET " + path + " HTTP/1.0\r\nHost: 127.0.0.1:"
                    + server.opsAddress().getPort() + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private static Certificate shown(InetSocketAddress server) throws Exception {
        try (SSLSocket socket = connect(server)) {
            return shown(socket);
        }
    }

    private static Certificate shown(SSLSocket socket) throws IOException {
        return socket.getSession().getPeerCertificates()[0];
    }

    /** With a context of its own, because sessions that are resumed show no certificate. */
    private static SSLSocket connect(InetSocketAddress server) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustingAll()}, new SecureRandom());
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(server.getAddress(), server.getPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.startHandshake();
        return socket;
    }

    private static final class TrustingAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
