package tavern.server.ops;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.javalin.Javalin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BoundedConnectorTest {
    private static final int MORE_THAN_ANY_BUFFER = 64 << 20;
    private static final int LONG_SECONDS = 60;

    /** The requests whose handlers have begun. */
    private final CountDownLatch arrived = new CountDownLatch(2);

    private final CompletableFuture<String> later = new CompletableFuture<>();
    private @Nullable BoundedConnector connector;
    private @Nullable Javalin server;

    private BoundedConnector start(int idleSecondsMax, int servedSecondsMax) {
        server = Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    config.jetty.addConnector((jetty, http) -> {
                        BoundedConnector made = new BoundedConnector(
                                jetty, 10, idleSecondsMax, servedSecondsMax, new HttpConnectionFactory(http));
                        http.addCustomizer(made);
                        made.setHost("127.0.0.1");
                        connector = made;
                        return made;
                    });
                    config.routes.get("/much", context -> {
                        arrived.countDown();
                        context.result(new byte[MORE_THAN_ANY_BUFFER]);
                    });
                    config.routes.get("/later", context -> {
                        arrived.countDown();
                        BoundedConnector.beginWait(context);
                        context.future(() -> later.thenAccept(text -> {
                            BoundedConnector.endWait(context);
                            context.result(text);
                        }));
                    });
                })
                .start();
        return Objects.requireNonNull(connector);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop();
        }
    }

    private static Socket request(BoundedConnector connector, String path) throws IOException {
        return send(connector, "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }

    private static Socket send(BoundedConnector connector, String text) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        return socket;
    }

    /** A waiting request holds no thread, so it may take longer than one whose answer is not read. */
    @Test
    void aRequestThatHoldsAThreadForLongIsEndedAndOneThatWaitsIsNot() throws Exception {
        BoundedConnector bounded = start(LONG_SECONDS, 1);
        try (Socket waiting = request(bounded, "/later");
                Socket silent = request(bounded, "/much")) {
            arrived.await();
            await("the end of the one that holds a thread")
                    .until(() -> bounded.getConnectedEndPoints().size() == 1);
            later.complete("here it is");
            assertThat(new String(waiting.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("here it is");
            assertThat(silent.getInputStream().readAllBytes()).hasSizeLessThan(MORE_THAN_ANY_BUFFER);
        }
    }

    @Test
    void aRequestThatNeverEndsIsGivenUpThoughItsBytesTrickle() throws Exception {
        BoundedConnector bounded = start(1, LONG_SECONDS);
        try (Socket slow = send(bounded, "GET /later HTTP/1.1\r\nX: ")) {
            await("closed").until(() -> isClosedAfterAnotherByte(slow));
        }
    }

    private static boolean isClosedAfterAnotherByte(Socket socket) {
        try {
            socket.getOutputStream().write('x');
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
