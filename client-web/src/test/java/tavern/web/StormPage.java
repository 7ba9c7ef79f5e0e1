package tavern.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Serves the page that runs a storm in a browser: {@code test/storm-page.ts}. */
final class StormPage implements AutoCloseable {
    private static final Path SCRIPT = Path.of("target", "storm", "storm.js");

    private final HttpServer http;

    StormPage() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer("/", "text/html", "<!doctype html><title>Storm</title><script type=module src=storm.js></script>");
        answer("/storm.js", "text/javascript", Files.readString(SCRIPT));
        http.start();
    }

    private void answer(String path, String type, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        http.createContext(path, exchange -> {
            try (exchange) {
                exchange.getResponseHeaders().set("Content-Type", type);
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
    }

    String address(StormSize storm, int gamePort) {
        return "http://127.0.0.1:" + http.getAddress().getPort() + "/?url=ws://127.0.0.1:" + gamePort + "/tavern"
                + "&sessions=" + storm.sessions() + "&cuts=" + storm.cuts() + "&seed=" + storm.seed();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
