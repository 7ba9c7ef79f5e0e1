package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;

/** P-90 to P-93: the same byte stream over a WebSocket. */
class WebSocketIT {
    private static final int FINAL_BINARY = RawWebSocket.FINAL | RawWebSocket.BINARY;

    @RegisterExtension
    final Tavern tavern = Tavern.with();

    private final ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stopDripping() {
        drip.shutdownNow();
    }

    @Test
    void aPlayerOverAWebSocketAndOneOverTcpMeet() throws Exception {
        RawClient web = tavern.webSocket();
        web.login("web");
        web.join(Tavern.HALL);
        RawClient tcp = tavern.client("tcp");
        Joined joined = tcp.join(Tavern.HALL);
        web.expect(message -> message.getPlayerJoined().getEntity().getPlayer().equals("tcp"));
        tcp.chat("hello, web");
        assertThat(web.expect(ServerMessage::hasChat).getChat().getText()).isEqualTo("hello, web");
        web.chat("hello, tcp");
        tcp.expect(message -> message.getChat().getText().equals("hello, tcp"));
        Entity self = self(joined);
        tcp.move(self.getX() + (self.getX() > 100 ? -1 : 1), self.getY());
        assertThat(web.expect(ServerMessage::hasSnapshot).getSnapshot().getIdsCount())
                .isEqualTo(1);
        web.send(Say.bye());
        assertThat(web.closedWith()).isEqualTo(ErrorCode.OK);
        tcp.expect(message -> message.getPlayerLeft().getPlayer().equals("web"));
    }

    private static Entity self(Joined joined) {
        return joined.getState().getEntitiesList().stream()
                .filter(entity -> entity.getId() == joined.getSelf())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theSubprotocolIsChosenWhenItIsOffered() throws Exception {
        try (RawWebSocket offered = RawWebSocket.connect(tavern.address());
                RawWebSocket none = RawWebSocket.connect(tavern.address());
                RawWebSocket other = RawWebSocket.connect(tavern.address())) {
            assertThat(offered.upgrade(
                            "Sec-WebSocket-Protocol: chat, tavern.v1",
                            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"))
                    .contains("\r\nsec-websocket-protocol: tavern.v1\r\n")
                    // RFC 6455, 4.2.2, for a key of 16 zeros.
                    .contains("\r\nsec-websocket-accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n")
                    .doesNotContain("extensions");
            assertThat(none.upgrade()).doesNotContain("protocol:");
            assertThat(other.upgrade("Sec-WebSocket-Protocol: chat")).doesNotContain("protocol:");
        }
    }

    /** A message is not a frame: bytes may be cut anywhere, and control frames may come between the parts. */
    @Test
    void messagesMayBeCutAnywhereAndPingsMayComeBetween() throws Exception {
        try (RawWebSocket raw = RawWebSocket.open(tavern.address())) {
            RawClient client = raw.client();
            byte[] hello = Say.frame(1, Say.hello("cut"));
            for (int i = 0; i < hello.length; i++) {
                int last = i == hello.length - 1 ? RawWebSocket.FINAL : 0;
                raw.send(last | (i == 0 ? RawWebSocket.BINARY : RawWebSocket.CONTINUATION), hello[i]);
                if (i == 3) {
                    raw.send(RawWebSocket.FINAL | RawWebSocket.PING, (byte) 7);
                    raw.send(RawWebSocket.FINAL | RawWebSocket.PONG);
                    raw.send(RawWebSocket.CONTINUATION);
                    assertThat(raw.read()).satisfies(pong -> {
                        assertThat(pong.first()).isEqualTo(RawWebSocket.FINAL | RawWebSocket.PONG);
                        assertThat(pong.payload()).containsExactly(7);
                    });
                }
            }
            client.welcomed();
            byte[] two = Say.concat(Say.frame(2, Say.join(Tavern.HALL)), Say.frame(3, Say.chat("two in one")));
            raw.send(FINAL_BINARY, Arrays.copyOf(two, 5));
            raw.send(FINAL_BINARY, Arrays.copyOfRange(two, 5, two.length));
            assertThat(client.expect(ServerMessage::hasChat).getChat().getText())
                    .isEqualTo("two in one");
            client.seq(3);
            client.send(Say.bye());
            assertThat(raw.closedWith()).isEqualTo(1_000);
        }
    }

    @Test
    void theServersErrorsAreCodesOfTheCloseFrame() throws Exception {
        try (RawWebSocket raw = RawWebSocket.open(tavern.address())) {
            raw.send(FINAL_BINARY, Say.frame(1, ClientMessage.newBuilder()));
            ServerMessage error = ServerMessage.parseDelimitedFrom(
                    new ByteArrayInputStream(raw.read().payload()));
            assertThat(error.getError().getCode()).isEqualTo(ErrorCode.HELLO_EXPECTED);
            assertThat(raw.closedWith()).isEqualTo(4_000 + ErrorCode.HELLO_EXPECTED_VALUE);
        }
    }

    @Test
    @With("limits.resume-seconds=30")
    void aClosedWebSocketIsALostConnection() throws Exception {
        try (RawWebSocket raw = RawWebSocket.open(tavern.address())) {
            RawClient client = raw.client();
            client.login("anna");
            client.join(Tavern.HALL);
            raw.send(RawWebSocket.FINAL | RawWebSocket.CLOSE, (byte) 0x03, (byte) 0xe9);
            assertThat(raw.closedWith()).isEqualTo(1_001);
            assertThat(tavern.resumed(client).welcome().getResumed()).isTrue();
        }
    }

    @Test
    void framesMayStandBehindTheRequest() throws Exception {
        try (RawWebSocket raw = RawWebSocket.connect(tavern.address())) {
            byte[] request = RawWebSocket.upgradeRequest().getBytes(StandardCharsets.US_ASCII);
            raw.send(Say.concat(request, RawWebSocket.frame(FINAL_BINARY, Say.frame(1, Say.hello("hasty")))));
            assertThat(raw.readHttpHeader()).startsWith("HTTP/1.1 101 ");
            RawClient client = raw.client();
            client.welcomed();
            client.seq(1);
            client.send(Say.bye());
            assertThat(raw.closedWith()).isEqualTo(1_000);
        }
    }

    /** Only the newest ping needs an answer, so pongs that nobody reads do not pile up. */
    @Test
    @With({"limits.frames-per-second=100000", "limits.idle-seconds=60", "limits.hello-seconds=60"})
    void aClientThatDoesNotReadItsPongsGetsFewer() throws Exception {
        int pings = 12_000;
        try (RawWebSocket raw = RawWebSocket.open(tavern.address())) {
            byte[] ping = RawWebSocket.frame(RawWebSocket.FINAL | RawWebSocket.PING, new byte[125]);
            raw.send(Say.repeat(pings, ping));
            ScheduledFuture<?> last =
                    drip.scheduleWithFixedDelay(() -> pingUntilClosed(raw), 0, 100, TimeUnit.MILLISECONDS);
            int pongs = 0;
            while (raw.expect(RawWebSocket.PONG).payload().length > 0) {
                pongs++;
            }
            last.cancel(false);
            assertThat(pongs).isBetween(1, pings - 1);
        }
    }

    // ---- what is no upgrade ----

    @Test
    void requestsThatAreNoUpgradeAreRefusedByWhatIsWrong() throws Exception {
        assertThat(answerTo(RawWebSocket.request("/")))
                .startsWith("HTTP/1.1 426 Upgrade Required\r\n")
                .contains("\r\nsec-websocket-version: 13\r\n", "\r\nupgrade: websocket\r\n")
                .endsWith("This is the port of a game server: use a WebSocket on /tavern.\n");
        assertThat(answerTo(valid().replace("Version: 13", "Version: 8")))
                .startsWith("HTTP/1.1 426 ")
                .contains("\r\nsec-websocket-version: 13\r\n");
        assertThat(answerTo(valid().replace("/tavern", "/other"))).startsWith("HTTP/1.1 404 ");
        assertThat(answerTo(valid().replaceAll("Sec-WebSocket-Key.*\r\n", ""))).startsWith("HTTP/1.1 400 ");
        assertThat(answerTo(valid().replaceAll("Key: .*\r\n", "Key: AAAA\r\n"))).startsWith("HTTP/1.1 400 ");
        assertThat(answerTo(valid().replace("HTTP/1.1", "HTTP/1.0"))).startsWith("HTTP/1.1 400 ");
        assertThat(answerTo(RawWebSocket.upgradeRequest("Content-Length: 5"))).startsWith("HTTP/1.1 400 ");
        assertThat(answerTo(RawWebSocket.upgradeRequest("Transfer-Encoding: chunked")))
                .startsWith("HTTP/1.1 400 ");
        assertThat(answerTo("GET \u0000\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void headersOfWhichAProxyMightBelieveAnotherOneAreRefused() throws Exception {
        assertThat(answerTo(valid().replaceAll("Host: .*\r\n", ""))).startsWith("HTTP/1.1 400 ");
        for (String second : new String[] {
            "Host: other.example",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            "Sec-WebSocket-Version: 8",
            "Origin: http://localhost\r\nOrigin: https://evil.example"
        }) {
            assertThat(answerTo(RawWebSocket.upgradeRequest(second))).as(second).startsWith("HTTP/1.1 400 ");
        }
    }

    /** It once failed within the server, with a stack trace in the log for each request. */
    @Test
    void aWebSocketMayBeOneOfSeveralProtocolsToUpgradeTo() throws Exception {
        for (String protocols : new String[] {"h2c, websocket", "WebSocket,h2c", "h2c\r\nUpgrade: websocket"}) {
            try (RawWebSocket webSocket = RawWebSocket.connect(tavern.address())) {
                webSocket.send(valid().replace("Upgrade: websocket", "Upgrade: " + protocols)
                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(webSocket.readHttpHeader()).as(protocols).startsWith("HTTP/1.1 101 ");
            }
        }
    }

    private static String valid() {
        return RawWebSocket.upgradeRequest();
    }

    @Test
    void requestsThatAreTooLongAreRefused() throws Exception {
        assertThat(answerTo(RawWebSocket.request("/" + "x".repeat(3_000)))).startsWith("HTTP/1.1 414 ");
        assertThat(answerTo(RawWebSocket.upgradeRequest("X: " + "x".repeat(9_000))))
                .startsWith("HTTP/1.1 431 ");
    }

    @Test
    @With("limits.hello-seconds=2")
    void aRequestThatDoesNotEndIsRefusedWhenTheTimeForHelloIsUp() throws Exception {
        assertThat(answerTo("GET /tavern HTTP/1.1\r\nHost: x\r\n")).startsWith("HTTP/1.1 408 ");
        try (RawClient cut = tavern.stranger()) {
            cut.sendBytes("GE".getBytes(StandardCharsets.US_ASCII));
            assertThat(cut.closedWith()).isEqualTo(ErrorCode.HELLO_TIMEOUT);
        }
        assertThat(tavern.webSocket().closedWith()).isEqualTo(ErrorCode.HELLO_TIMEOUT);
    }

    @Test
    void pagesOfOtherOriginsAreRefused() throws Exception {
        for (String origin :
                new String[] {"https://evil.example", "null", "loopback", "http://127.0.0.1.evil.example"}) {
            assertThat(answerTo(RawWebSocket.upgradeRequest("Origin: " + origin)))
                    .as(origin)
                    .startsWith("HTTP/1.1 403 ");
        }
        for (String origin : new String[] {"http://localhost:8080", "https://127.0.0.1", "http://[::1]:7780"}) {
            try (RawWebSocket webSocket = RawWebSocket.connect(tavern.address())) {
                assertThat(webSocket.upgrade("Origin: " + origin)).as(origin).startsWith("HTTP/1.1 101 ");
            }
        }
    }

    @Test
    @With("net.websocket.origins=https://play.example.com")
    void aPageMayConnectWhenItsOriginIsListed() throws Exception {
        try (RawWebSocket webSocket = RawWebSocket.connect(tavern.address())) {
            assertThat(webSocket.upgrade("Origin: https://Play.example.com")).startsWith("HTTP/1.1 101 ");
        }
        assertThat(answerTo(RawWebSocket.upgradeRequest("Origin: http://localhost")))
                .startsWith("HTTP/1.1 403 ");
        assertThat(answerTo(RawWebSocket.upgradeRequest("Origin: http://play.example.com")))
                .startsWith("HTTP/1.1 403 ");
    }

    private String answerTo(String request) throws IOException {
        try (RawWebSocket connection = RawWebSocket.connect(tavern.address())) {
            connection.send(request.getBytes(StandardCharsets.US_ASCII));
            return connection.readToEnd();
        }
    }

    // ---- frames that break the rules ----

    @Test
    void framesThatBreakTheRulesAreClosedWithTheRightCode() throws Exception {
        byte[] hello = Say.frame(1, Say.hello("mallory"));
        byte[] unmasked = Say.concat(RawWebSocket.header(FINAL_BINARY, 0, hello.length), hello);
        assertThat(statusAfter(unmasked)).as("no mask").isEqualTo(1_002);
        for (int rsv : new int[] {0x40, 0x20, 0x10}) {
            assertThat(statusAfter(RawWebSocket.frame(FINAL_BINARY | rsv, hello)))
                    .isEqualTo(1_002);
        }
        for (int opcode : new int[] {3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf}) {
            assertThat(statusAfter(RawWebSocket.frame(RawWebSocket.FINAL | opcode)))
                    .as("opcode %d", opcode)
                    .isEqualTo(1_002);
        }
        assertThat(statusAfter(RawWebSocket.frame(RawWebSocket.PING)))
                .as("half a ping")
                .isEqualTo(1_002);
        assertThat(statusAfter(RawWebSocket.frame(RawWebSocket.FINAL | RawWebSocket.PING, new byte[126])))
                .as("a long ping")
                .isEqualTo(1_002);
        assertThat(statusAfter(RawWebSocket.frame(RawWebSocket.FINAL | RawWebSocket.CONTINUATION, (byte) 0)))
                .as("the end of nothing")
                .isEqualTo(1_002);
        assertThat(statusAfter(Say.concat(
                        RawWebSocket.frame(RawWebSocket.BINARY, hello), RawWebSocket.frame(FINAL_BINARY, hello))))
                .as("a message in a message")
                .isEqualTo(1_002);
        assertThat(statusAfter(RawWebSocket.frame(RawWebSocket.FINAL | RawWebSocket.TEXT, hello)))
                .isEqualTo(1_003);
        byte[] notMinimal = Say.concat(new byte[] {(byte) FINAL_BINARY, (byte) 0xfe, 0, 5}, new byte[9]);
        assertThat(statusAfter(notMinimal)).as("a length in too many bytes").isEqualTo(1_002);
    }

    @Test
    void closeFramesThatBreakTheRulesAreRefused() throws Exception {
        int close = RawWebSocket.FINAL | RawWebSocket.CLOSE;
        assertThat(statusAfter(RawWebSocket.frame(close, (byte) 3))).isEqualTo(1_002);
        for (int code : new int[] {0, 999, 1_004, 1_005, 1_006, 1_015, 1_016, 2_999, 5_000, 65_535}) {
            assertThat(statusAfter(RawWebSocket.frame(
                            close, ByteBuffer.allocate(2).putShort((short) code).array())))
                    .as("code %d", code)
                    .isEqualTo(1_002);
        }
        assertThat(statusAfter(RawWebSocket.frame(close, (byte) 3, (byte) 0xe8, (byte) 0xc3, (byte) 0x28)))
                .as("a reason that is no UTF-8")
                .isEqualTo(1_007);
        assertThat(statusAfter(RawWebSocket.frame(close))).isEqualTo(1_005);
        for (int code : new int[] {1_000, 1_001, 3_000, 4_999}) {
            assertThat(statusAfter(RawWebSocket.frame(
                            close, ByteBuffer.allocate(2).putShort((short) code).array())))
                    .isEqualTo(code);
        }
    }

    @Test
    void framesThatAreTooLongAreRefusedByTheirLength() throws Exception {
        for (long length : new long[] {20_000, 1 << 20, Long.MAX_VALUE, -1}) {
            assertThat(statusAfter(RawWebSocket.header(FINAL_BINARY, 0x80, length)))
                    .as("%d bytes", length)
                    .isIn(1_002, 1_009);
        }
        assertThat(statusAfter(RawWebSocket.header(FINAL_BINARY, 0x80, 20_000))).isEqualTo(1_009);
        byte[] partOfALongFrame = Say.concat(RawWebSocket.header(FINAL_BINARY, 0x80, 16_000), new byte[8_000]);
        assertThat(statusAfter(partOfALongFrame)).as("before Welcome").isEqualTo(1_009);
        byte[] tooLong = RawWebSocket.frame(FINAL_BINARY, Say.varint(4_097));
        assertThat(statusAfter(tooLong)).isEqualTo(4_000 + ErrorCode.FRAME_TOO_LARGE_VALUE);
    }

    private int statusAfter(byte[] bytes) throws IOException {
        try (RawWebSocket raw = RawWebSocket.open(tavern.address())) {
            raw.send(bytes);
            return raw.closedWith();
        }
    }

    @Test
    @With("limits.frames-per-second=20")
    void pingsAndEmptyFramesWithoutEndAreFlooding() throws Exception {
        byte[] ping = RawWebSocket.frame(RawWebSocket.FINAL | RawWebSocket.PING, (byte) 1);
        assertThat(statusAfter(Say.repeat(1_000, ping))).isEqualTo(4_000 + ErrorCode.FLOODING_VALUE);
        byte[] empty = RawWebSocket.frame(FINAL_BINARY);
        assertThat(statusAfter(Say.repeat(1_000, empty))).isEqualTo(4_000 + ErrorCode.FLOODING_VALUE);
        byte[] forEver = Say.concat(
                RawWebSocket.frame(RawWebSocket.BINARY),
                Say.repeat(1_000, RawWebSocket.frame(RawWebSocket.CONTINUATION)));
        assertThat(statusAfter(forEver)).isEqualTo(4_000 + ErrorCode.FLOODING_VALUE);
    }

    @Test
    @With({"limits.resume-seconds=30", "limits.idle-seconds=3"})
    void pingsAloneKeepNoConnectionOpen() throws Exception {
        try (RawWebSocket raw = RawWebSocket.open(tavern.address())) {
            RawClient client = raw.client();
            client.login("anna");
            ScheduledFuture<?> pings =
                    drip.scheduleWithFixedDelay(() -> pingUntilClosed(raw), 0, 100, TimeUnit.MILLISECONDS);
            assertThat(raw.expect(RawWebSocket.PONG).payload()).isEmpty();
            assertThat(raw.closedWith()).isEqualTo(4_000 + ErrorCode.IDLE_TIMEOUT_VALUE);
            pings.cancel(false);
            assertThat(tavern.resumed(client).welcome().getResumed()).isTrue();
        }
    }

    @Test
    @With({"limits.resume-seconds=30", "limits.frame-seconds=1", "limits.idle-seconds=60"})
    void aFrameThatComesByteByByteIsClosedWhenTheTimeForAFrameIsUp() throws Exception {
        try (RawWebSocket raw = RawWebSocket.open(tavern.address())) {
            RawClient client = raw.client();
            client.login("mallory");
            raw.send(Say.concat(RawWebSocket.header(FINAL_BINARY, 0x80, 16_000), new byte[4]));
            ScheduledFuture<?> drips =
                    drip.scheduleWithFixedDelay(() -> sendUntilClosed(raw, new byte[1]), 0, 100, TimeUnit.MILLISECONDS);
            assertThat(client.closedWith()).isEqualTo(ErrorCode.IDLE_TIMEOUT);
            drips.cancel(false);
            assertThat(tavern.resumed(client).welcome().getResumed()).isTrue();
        }
    }

    @Test
    @With({"limits.frame-seconds=1", "limits.idle-seconds=60"})
    void theTimeForAFrameBeginsWithItsFirstByteAndForEachFrameAnew() throws Exception {
        try (RawWebSocket raw = RawWebSocket.open(tavern.address())) {
            raw.client().login("slow");
            byte[] ping = RawWebSocket.frame(RawWebSocket.FINAL | RawWebSocket.PING, (byte) 7);
            raw.send(Arrays.copyOf(ping, 1));
            raw.send(Arrays.copyOfRange(ping, 1, ping.length));
            raw.expect(RawWebSocket.PONG);
            long began = System.nanoTime();
            raw.send(new byte[] {(byte) FINAL_BINARY});
            assertThat(raw.closedWith()).isEqualTo(4_000 + ErrorCode.IDLE_TIMEOUT_VALUE);
            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
        }
    }

    private static void pingUntilClosed(RawWebSocket raw) {
        sendUntilClosed(raw, RawWebSocket.frame(RawWebSocket.FINAL | RawWebSocket.PING));
    }

    private static void sendUntilClosed(RawWebSocket raw, byte[] bytes) {
        try {
            raw.send(bytes);
        } catch (IOException e) {
            throw new IllegalStateException("closed, as it should be", e);
        }
    }
}
