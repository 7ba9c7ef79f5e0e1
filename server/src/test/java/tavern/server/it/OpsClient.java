package tavern.server.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Speaks plain HTTP/1.0 to the ops API, from any loopback address and with any header, as a browser never would. */
public final class OpsClient {
    private static final int READ_MILLIS_MAX = 60_000;

    private final InetSocketAddress server;
    private final Map<String, String> headers;
    private final String from;

    private OpsClient(InetSocketAddress server, Map<String, String> headers, String from) {
        this.server = server;
        this.headers = headers;
        this.from = from;
    }

    /** With no token. */
    static OpsClient of(InetSocketAddress server) {
        return new OpsClient(
                server,
                Map.of("Host", "127.0.0.1:" + server.getPort(), "Content-Type", "application/json"),
                "127.0.0.1");
    }

    /** With the token that the server made for a role at its first start. */
    public static OpsClient of(InetSocketAddress server, Path folder, String role) throws IOException {
        return of(server).token(token(folder.resolve("ops-tokens"), role));
    }

    static String token(Path file, String role) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(role + " "))
                .map(line -> line.split(" ")[1])
                .findFirst()
                .orElseThrow();
    }

    /** Waits until the audit log has so many entries, two for each order, since whoever looks at a page of it reads it once. */
    void awaitAudited(int entries) {
        await("the orders are in the audit log, with their ends")
                .until(() ->
                        get("/api/v1/audit").json().getAsJsonArray("entries").size() == entries);
    }

    OpsClient token(String token) {
        return with("Authorization", "Bearer " + token);
    }

    OpsClient with(String header, String value) {
        Map<String, String> changed = new LinkedHashMap<>(headers);
        changed.put(header, value);
        return new OpsClient(server, changed, from);
    }

    /** As if sent by another machine. @param address any of 127.0.0.0/8 */
    OpsClient from(String address) {
        return new OpsClient(server, headers, address);
    }

    public record Answer(int status, Map<String, String> headers, String body) {
        JsonObject json() {
            return JsonParser.parseString(body).getAsJsonObject();
        }

        String errorCode() {
            return json().getAsJsonObject("error").get("code").getAsString();
        }
    }

    Answer get(String path) throws IOException {
        return send("GET", path, null);
    }

    public Answer post(String path, String json) throws IOException {
        return send("POST", path, json);
    }

    Answer send(String method, String path, @Nullable String body) throws IOException {
        try (Socket socket = open(method, path, body)) {
            return read(new String(socket.getInputStream().readAllBytes(), UTF_8));
        }
    }

    /** A request whose answer is to be read as it comes. */
    Socket open(String method, String path, @Nullable String body) throws IOException {
        byte[] bytes = body == null ? new byte[0] : body.getBytes(UTF_8);
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.0\r\n");
        headers.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        if (body != null) {
            request.append("Content-Length: ").append(bytes.length).append("\r\n");
        }
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.setSoTimeout(READ_MILLIS_MAX);
        socket.connect(server, READ_MILLIS_MAX);
        socket.getOutputStream().write(request.append("\r\n").toString().getBytes(US_ASCII));
        socket.getOutputStream().write(bytes);
        return socket;
    }

    private static Answer read(String text) {
        int end = text.indexOf("\r\n\r\n");
        String[] lines = text.substring(0, end).split("\r\n");
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        return new Answer(Integer.parseInt(lines[0].split(" ")[1]), headers, text.substring(end + 4));
    }
}
