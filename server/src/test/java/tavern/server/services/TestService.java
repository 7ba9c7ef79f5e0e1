package tavern.server.services;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A service that games call, on a free port of this machine. Answers as it was told, and then with an empty message. */
public final class TestService implements AutoCloseable {
    /** What came, and under which key. */
    public record Request(String key, String room, String call, String secret, ByteString body) {}

    /** How a request is answered. */
    @FunctionalInterface
    public interface Way {
        void answer(HttpExchange exchange) throws IOException;
    }

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Queue<Way> ways = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    public TestService() throws IOException {
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/calls";
    }

    /** The next request that has no answer yet is answered like this. */
    public TestService then(Way way) {
        ways.add(way);
        return this;
    }

    public TestService thenStatus(int status) {
        return then(exchange -> exchange.sendResponseHeaders(status, -1));
    }

    public TestService thenSays(MessageLite message) {
        return then(exchange -> send(exchange, message.toByteArray()));
    }

    /** Not before the service ends. */
    public TestService thenIsSilent() {
        return then(exchange -> awaitClose());
    }

    /** Begins an answer, whose rest does not come before the service ends. */
    public TestService thenStopsHalfway() {
        return then(exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write(1);
            exchange.getResponseBody().flush();
            awaitClose();
        });
    }

    private void awaitClose() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void send(HttpExchange exchange, byte[] body) throws IOException {
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    public List<Request> requests() {
        return requests;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            ByteString body = ByteString.readFrom(exchange.getRequestBody());
            requests.add(new Request(
                    header(exchange, "Idempotency-Key"),
                    header(exchange, "Tavern-Room"),
                    header(exchange, "Tavern-Call"),
                    header(exchange, "Authorization"),
                    body));
            Way way = ways.poll();
            if (way != null) {
                way.answer(exchange);
            } else {
                exchange.sendResponseHeaders(200, -1);
            }
        }
    }

    private static String header(HttpExchange exchange, String name) {
        return Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst(name), "");
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
