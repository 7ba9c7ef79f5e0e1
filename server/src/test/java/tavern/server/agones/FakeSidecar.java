package tavern.server.agones;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes what a server reports to Agones, as the sidecar does: JSON by POST. It tells the server's state to those who ask. */
public final class FakeSidecar implements AutoCloseable {
    private final HttpServer http;
    private final List<String> reports = new CopyOnWriteArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int status = 200;
    private volatile String state = "Scheduled";
    private volatile boolean mute;

    private FakeSidecar() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", this::take);
        http.createContext("/gameserver", this::tell);
        http.start();
    }

    public static FakeSidecar start() throws IOException {
        return new FakeSidecar();
    }

    private void take(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        boolean isProper = exchange.getRequestMethod().equals("POST")
                && "application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"))
                && body.equals("{}");
        int answer = isProper ? status : 400;
        if (answer == 200) {
            String path = exchange.getRequestURI().getPath();
            reports.add(path);
            if (path.equals("/ready")) {
                state = "Ready";
                if (mute) {
                    return;
                }
            }
        } else {
            refused.incrementAndGet();
        }
        exchange.sendResponseHeaders(answer, -1);
        exchange.close();
    }

    private void tell(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        byte[] server = ("{\"object_meta\":{\"name\":\"tavern-x7\"},\"status\":{\"state\":\"" + state
                        + "\",\"ports\":[]}}")
                .getBytes(UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, server.length);
        exchange.getResponseBody().write(server);
        exchange.close();
    }

    /** Answers everything with this status from now on. */
    void answer(int newStatus) {
        status = newStatus;
    }

    /** Takes that the server is ready from now on, but does not answer. */
    void takeReadyWithoutAnAnswer() {
        mute = true;
    }

    /** A matchmaker has chosen the server. */
    void allocate() {
        state = "Allocated";
    }

    String state() {
        return state;
    }

    /** How often somebody asked for the state. */
    int asked() {
        return asked.get();
    }

    /** The paths of what was taken, oldest first. */
    public List<String> reports() {
        return reports;
    }

    /** The number of reports that were not taken. */
    int refused() {
        return refused.get();
    }

    public int port() {
        return http.getAddress().getPort();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
