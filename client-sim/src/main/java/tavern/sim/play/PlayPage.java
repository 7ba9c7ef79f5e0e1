package tavern.sim.play;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serves the page to play on, on loopback only. A browser runs nothing but the page's own files, and talks to nobody but this
 * server and the game's.
 */
final class PlayPage implements AutoCloseable {
    private static final Map<String, String> TYPES = Map.of(
            "play.html", "text/html; charset=utf-8",
            "play.css", "text/css; charset=utf-8",
            "play.js", "text/javascript; charset=utf-8");
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:;"
            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self' ";

    private final Path folder;
    private final String server;
    private final String policy;
    private final HttpServer http;

    private PlayPage(Path folder, String url, String room, String type, HttpServer http) {
        this.folder = folder;
        this.server = new Gson().toJson(Map.of("url", url, "room", room, "type", type));
        this.policy = POLICY + url;
        this.http = http;
    }

    /**
     * @param folder the built page
     * @param port 0: any that is free
     * @param game where the page's players connect
     * @param type of the room; empty if it has no game
     */
    static PlayPage start(Path folder, int port, InetSocketAddress game, String room, String type) throws IOException {
        if (!Files.isReadable(folder.resolve("play.js"))) {
            throw new NoSuchFileException(folder + " has no page; bin/demo --play and bin/play build theirs");
        }
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        String url = "ws://" + game.getHostString() + ":" + game.getPort() + "/tavern";
        PlayPage page = new PlayPage(folder, url, room, type, http);
        http.createContext("/", page::answer);
        http.start();
        return page;
    }

    String address() {
        return "http://127.0.0.1:" + http.getAddress().getPort() + "/";
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String file = path.equals("/") ? "play.html" : path.substring(1);
            if (!isOurs(exchange.getRequestHeaders().getFirst("Host"))) {
                // A foreign name that leads to this address, which a page elsewhere could use to read what is here.
                send(exchange, 421, "text/plain", "not here");
            } else if (!exchange.getRequestMethod().equals("GET")) {
                send(exchange, 405, "text/plain", "only GET");
            } else if (file.equals("server.json")) {
                send(exchange, 200, "application/json", server);
            } else if (TYPES.containsKey(file)) {
                send(exchange, 200, TYPES.get(file), Files.readString(folder.resolve(file), UTF_8));
            } else {
                send(exchange, 404, "text/plain", "nothing here");
            }
        }
    }

    private boolean isOurs(@Nullable String host) {
        int port = http.getAddress().getPort();
        return Set.of("127.0.0.1:" + port, "localhost:" + port).contains(host == null ? "" : host);
    }

    private void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", type);
        headers.set("Content-Security-Policy", policy);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cache-Control", "no-store");
        byte[] bytes = text.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
