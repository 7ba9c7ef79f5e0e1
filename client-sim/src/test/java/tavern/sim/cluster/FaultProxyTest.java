package tavern.sim.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FaultProxyTest {
    private static final byte[] WANTED = "*:-1".getBytes(US_ASCII);

    private ServerSocket server;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        proxy = new FaultProxy(server.getLocalPort(), WANTED);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static String hear(Socket socket, int bytes) throws IOException {
        return new String(socket.getInputStream().readNBytes(bytes), US_ASCII);
    }

    @Test
    void passesOnInBothDirectionsAndTellsTheEnd() throws IOException {
        try (Socket client = connect();
                Socket there = server.accept()) {
            say(client, "hello");
            assertThat(hear(there, 5)).isEqualTo("hello");
            say(there, "world");
            assertThat(hear(client, 5)).isEqualTo("world");
            there.close();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void whatIsFrozenComesInItsOrderWhenItIsHealed() throws IOException {
        try (Socket client = connect();
                Socket there = server.accept()) {
            say(client, "a");
            assertThat(hear(there, 1)).isEqualTo("a");
            proxy.freeze();
            say(client, "b");
            there.setSoTimeout(200);
            assertThatThrownBy(() -> hear(there, 1)).isInstanceOf(SocketTimeoutException.class);
            proxy.heal();
            say(client, "c");
            there.setSoTimeout(10_000);
            assertThat(hear(there, 2)).isEqualTo("bc");
        }
    }

    @Test
    void whatIsLateComesLaterAndInItsOrder() throws IOException {
        try (Socket client = connect();
                Socket there = server.accept()) {
            proxy.delay(300);
            long began = System.nanoTime();
            say(client, "a");
            say(client, "b");
            assertThat(hear(there, 2)).isEqualTo("ab");
            assertThat(System.nanoTime() - began).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(290));
        }
    }

    @Test
    void nobodyGetsThroughWhileItRefuses() throws IOException {
        try (Socket client = connect();
                Socket there = server.accept()) {
            say(client, "a");
            assertThat(hear(there, 1)).isEqualTo("a");
            proxy.refuse();
            assertThatThrownBy(() -> end(client)).isInstanceOf(IOException.class);
            try (Socket other = connect()) {
                assertThatThrownBy(() -> end(other)).isInstanceOf(IOException.class);
            }
            proxy.heal();
            try (Socket again = connect();
                    Socket here = server.accept()) {
                say(again, "b");
                assertThat(hear(here, 1)).isEqualTo("b");
            }
        }
    }

    private static void end(Socket socket) throws IOException {
        if (socket.getInputStream().read() < 0) {
            throw new IOException("closed");
        }
    }

    @Test
    void countsTheWantedBytesHoweverTheyArrive() throws IOException {
        try (Socket client = connect();
                Socket there = server.accept()) {
            say(client, "*:-1");
            say(there, "x**:-1*:");
            assertThat(hear(client, 8)).hasSize(8);
            say(there, "-1*:+1");
            assertThat(hear(client, 6)).hasSize(6);
            Awaitility.await().untilAsserted(() -> assertThat(proxy.found()).isEqualTo(2));
        }
    }
}
