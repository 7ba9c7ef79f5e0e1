package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;
import tavern.server.services.HaproxyProcess;
import tavern.server.tls.TestCertificate;

/** P-94: connections from load balancers begin with a PROXY header. The one of these tests has the address 127.0.0.2. */
class ProxyProtocolIT {
    private static final String PROXY = "127.0.0.2";
    private static final String TRUST = "net.proxy-protocol.from=127.0.0.2/32";
    private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");
    private static final int LOCAL = 0x20;
    private static final int PROXIED = 0x21;
    private static final int TCP4 = 0x11;
    private static final int UDP4 = 0x12;
    private static final int TCP6 = 0x21;

    @RegisterExtension
    final Tavern tavern = Tavern.with(TRUST);

    @Test
    void theAddressOfAHeaderIsTheClients() throws Exception {
        assertThat(playsFrom("203.0.113.7", v1("TCP4 203.0.113.7 192.0.2.1 4711 7777")))
                .isTrue();
        assertThat(playsFrom("2001:db8:0:0:0:0:0:7", v1("TCP6 2001:db8::7 2001:db8::1 4711 7777")))
                .isTrue();
        byte[] four = HexFormat.of().parseHex("cb007108" + "c0000201" + "12671e61");
        assertThat(playsFrom("203.0.113.8", v2(PROXIED, TCP4, four))).isTrue();
        byte[] six = HexFormat.of().parseHex("20010db8" + "00".repeat(11) + "08" + "00".repeat(16) + "12671e61");
        assertThat(playsFrom("2001:db8:0:0:0:0:0:8", v2(PROXIED, TCP6, six))).isTrue();
        // PP2_TYPE_AUTHORITY, a name of twelve bytes.
        byte[] name = "game.example".getBytes(StandardCharsets.US_ASCII);
        byte[] named = Say.concat(four, HexFormat.of().parseHex("02000c"), name);
        assertThat(playsFrom("203.0.113.8", v2(PROXIED, TCP4, named))).isTrue();
    }

    /** A check of a load balancer's own, and a client that it does not know. */
    @Test
    void withoutAnAddressItIsTheProxys() throws Exception {
        assertThat(playsFrom(PROXY, v2(LOCAL, 0, new byte[0]))).isTrue();
        assertThat(playsFrom(PROXY, v1("UNKNOWN"))).isTrue();
    }

    @Test
    void aHeaderMayComeInParts() throws Exception {
        RawClient client = behind();
        for (byte octet : v1("TCP4 203.0.113.9 192.0.2.1 4711 7777")) {
            client.sendBytes(octet);
        }
        client.login("parts");
        client.cut();
        await().until(() -> tavern.logs().contain("from 203.0.113.9 ended"));
    }

    /** @return whether a player can log in behind this header, as one from that address */
    private boolean playsFrom(String address, byte[] header) throws IOException {
        RawClient client = behind();
        // In one write: what stands behind the header is not lost.
        client.sendBytes(Say.concat(header, Say.frame(1, Say.hello("player"))));
        client.welcomed();
        client.seq(1);
        client.send(Say.bye());
        boolean ended = client.closedWith() == ErrorCode.OK;
        await().until(() -> tavern.logs().contain("from " + address + " ended"));
        return ended;
    }

    @Test
    @With({"limits.connections-per-address-max=2", "limits.uncounted-addresses=127.0.0.1/32"})
    void clientsBehindAProxyAreCountedByTheirOwnAddress() throws Exception {
        byte[] one = v1("TCP4 203.0.113.1 192.0.2.1 4711 7777");
        byte[] other = v1("TCP4 203.0.113.2 192.0.2.1 4711 7777");
        for (byte[] header : new byte[][] {one, one, other, other}) {
            RawClient client = behind();
            client.sendBytes(header);
            client.login("player" + System.identityHashCode(client));
        }
        RawClient third = behind();
        third.sendBytes(one);
        assertThat(third.closedWith()).isEqualTo(ErrorCode.OK);
    }

    @Test
    void aProxyMustSendAHeader() throws Exception {
        // A valid Hello, and a request: neither is a header.
        byte[] hello = Say.frame(1, Say.hello("x".repeat(200)));
        byte[] request = RawWebSocket.upgradeRequest().getBytes(StandardCharsets.US_ASCII);
        byte[] noAddress = v1("TCP4 evil.example 192.0.2.1 4711 7777");
        byte[] udp = v2(PROXIED, UDP4, new byte[12]);
        byte[] endless = v2(PROXIED, TCP4, new byte[20_000]);
        byte[] wrongVersion = Say.concat(SIGNATURE, HexFormat.of().parseHex("3111000c"), new byte[12]);
        for (byte[] bytes : new byte[][] {hello, request, noAddress, udp, endless, wrongVersion}) {
            RawClient client = behind();
            client.sendBytes(bytes);
            assertThat(client.closedWith()).isEqualTo(ErrorCode.OK);
        }
        assertThat(tavern.logs().contain("a connection from 127.0.0.2 has no valid PROXY header"))
                .isTrue();
    }

    @Test
    @With("limits.hello-seconds=1")
    void halfAHeaderIsClosedWhenTheTimeForHelloIsUp() throws Exception {
        RawClient nothing = behind();
        RawClient half = behind();
        half.sendBytes("PROXY TCP4 203.0.113.1".getBytes(StandardCharsets.US_ASCII));
        RawClient silent = behind();
        silent.sendBytes(v1("TCP4 203.0.113.1 192.0.2.1 4711 7777"));
        assertThat(nothing.closedWith()).isEqualTo(ErrorCode.OK);
        assertThat(half.closedWith()).isEqualTo(ErrorCode.OK);
        assertThat(silent.closedWith()).isEqualTo(ErrorCode.HELLO_TIMEOUT);
    }

    @Test
    void aHeaderFromAnybodyElseIsNoMessage() throws Exception {
        RawClient one = tavern.stranger();
        one.sendBytes(Say.concat(v1("TCP4 203.0.113.1 192.0.2.1 4711 7777"), new byte[100]));
        assertThat(one.closedWith()).isEqualTo(ErrorCode.BAD_MESSAGE);
        RawClient two = tavern.stranger();
        two.sendBytes(v2(PROXIED, TCP4, new byte[12]));
        assertThat(two.closedWith()).isEqualTo(ErrorCode.BAD_MESSAGE);
    }

    // ---- HAProxy ----

    @Test
    void playersComeThroughHaproxyWithEitherVersion(@TempDir Path folder) throws Exception {
        for (String option : new String[] {"send-proxy", "send-proxy-v2", "send-proxy-v2 check inter 100ms"}) {
            try (HaproxyProcess haproxy = HaproxyProcess.start(folder, tavern.address(), PROXY, option);
                    RawClient tcp = new RawClient(haproxy.address())) {
                tcp.login("tcp");
                tcp.join(Tavern.HALL);
                try (RawWebSocket web = RawWebSocket.open(haproxy.address())) {
                    RawClient browser = web.client();
                    browser.login("web");
                    browser.join(Tavern.HALL);
                    tcp.chat("through " + option);
                    browser.expect(message -> message.getChat().getText().equals("through " + option));
                    tcp.send(Say.bye());
                    tcp.closedWith();
                    browser.send(Say.bye());
                    browser.closedWith();
                }
            }
        }
        assertThat(tavern.logs().contain("from 127.0.0.1 ended")).isTrue();
        assertThat(tavern.logs().contain("from 127.0.0.2 ended")).isFalse();
    }

    @Test
    void tlsBeginsBehindTheHeader(@TempDir Path folder) throws Exception {
        TestCertificate made = TestCertificate.make(folder, "game");
        Path data = Files.createDirectory(folder.resolve("data"));
        try (TestServer server = TestServer.start(
                        data, TRUST, "net.tls.cert=" + made.certificateFile(), "net.tls.key=" + made.keyFile());
                HaproxyProcess haproxy = HaproxyProcess.start(folder, server.address(), PROXY, "send-proxy-v2");
                RawWebSocket web = new RawWebSocket(tls(made, haproxy.address()))) {
            web.upgrade();
            RawClient client = web.client();
            client.login("secret");
            client.join("room");
            client.chat("over wss");
            client.expect(message -> message.getChat().getText().equals("over wss"));
            client.send(Say.bye());
            assertThat(web.closedWith()).isEqualTo(1_000);
        }
    }

    private static SSLSocket tls(TestCertificate made, InetSocketAddress server) throws Exception {
        return (SSLSocket) made.trusting().getSocketFactory().createSocket(server.getAddress(), server.getPort());
    }

    // ---- headers ----

    /** A connection from the address of the load balancer. */
    private RawClient behind() throws IOException {
        return tavern.over(
                new Socket(tavern.address().getAddress(), tavern.address().getPort(), InetAddress.getByName(PROXY), 0));
    }

    private static byte[] v1(String words) {
        return ("PROXY " + words + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] v2(int command, int family, byte[] addresses) {
        return ByteBuffer.allocate(16 + addresses.length)
                .put(SIGNATURE)
                .put((byte) command)
                .put((byte) family)
                .putShort((short) addresses.length)
                .put(addresses)
                .array();
    }
}
