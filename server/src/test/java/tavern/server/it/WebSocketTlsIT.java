package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;
import tavern.server.tls.TestCertificate;

/** P-90 to P-93 on a port with a certificate: {@code wss}. */
class WebSocketTlsIT {
    @TempDir
    private static Path made;

    private static TestCertificate certificate;
    private static SSLContext trusting;

    @TempDir
    private Path folder;

    private TestServer server;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = TestCertificate.make(made, "game");
        trusting = certificate.trusting();
    }

    @BeforeEach
    void start() throws IOException {
        server = TestServer.start(
                Files.createDirectory(folder.resolve("data")),
                "net.tls.cert=" + certificate.certificateFile(),
                "net.tls.key=" + certificate.keyFile());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aPlayerOverAWebSocketAndOneOverTcpTalk() throws Exception {
        try (RawWebSocket webSocket = new RawWebSocket(connect());
                RawClient tcp = overTcp()) {
            assertThat(webSocket.upgrade("Sec-WebSocket-Protocol: tavern.v1", "Origin: https://localhost"))
                    .contains("\r\nsec-websocket-protocol: tavern.v1\r\n");
            RawClient web = webSocket.client();
            web.login("web");
            web.join("room");
            tcp.login("tcp");
            tcp.join("room");
            tcp.chat("hello, web");
            web.expect(message -> message.getChat().getText().equals("hello, web"));
            web.chat("hello, tcp");
            tcp.expect(message -> message.getChat().getText().equals("hello, tcp"));
            web.send(Say.bye());
            assertThat(webSocket.closedWith()).isEqualTo(1_000);
            tcp.expect(message -> message.getPlayerLeft().getPlayer().equals("web"));
        }
    }

    private RawClient overTcp() throws IOException {
        Socket socket = connect();
        return new RawClient(socket, socket.getInputStream(), socket.getOutputStream());
    }

    @Test
    void theServersErrorsAreCodesOfTheCloseFrame() throws Exception {
        try (RawWebSocket webSocket = new RawWebSocket(connect())) {
            webSocket.upgrade();
            webSocket.send(RawWebSocket.FINAL | RawWebSocket.BINARY, Say.frame(1, Say.ping()));
            assertThat(webSocket.closedWith()).isEqualTo(4_000 + ErrorCode.HELLO_EXPECTED_VALUE);
        }
    }

    @Test
    void aPageOfAnotherOriginIsRefused() throws Exception {
        assertThat(answerTo(RawWebSocket.upgradeRequest("Origin: https://evil.example")))
                .startsWith("HTTP/1.1 403 ")
                .endsWith("Pages of this origin may not connect; see net.websocket.origins.\n");
        assertThat(answerTo(RawWebSocket.request("/"))).startsWith("HTTP/1.1 426 ");
    }

    private String answerTo(String request) throws IOException {
        try (RawWebSocket connection = new RawWebSocket(connect())) {
            connection.send(request.getBytes(StandardCharsets.US_ASCII));
            return connection.readToEnd();
        }
    }

    private Socket connect() throws IOException {
        InetSocketAddress address = server.address();
        return trusting.getSocketFactory().createSocket(address.getAddress(), address.getPort());
    }
}
