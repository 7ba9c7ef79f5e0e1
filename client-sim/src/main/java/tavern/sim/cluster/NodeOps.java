package tavern.sim.cluster;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An operator of one server on this machine. Its calls block. */
final class NodeOps {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int POLL_MILLIS = 200;

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    private final Path tokens;

    /** @param tokens the server's file of tokens, which is there once it has started */
    NodeOps(int port, Path tokens) {
        this.port = port;
        this.tokens = tokens;
    }

    /**
     * Drains the server, and returns once its rooms and players have gone.
     *
     * @throws IOException when they have not in this time
     */
    void drain(Duration max) throws IOException, InterruptedException {
        call(request("drain")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"reason\": \"rolling restart\"}")));
        long deadline = System.nanoTime() + max.toNanos();
        while (true) {
            JsonObject node =
                    call(request("nodes")).getAsJsonArray("nodes").get(0).getAsJsonObject();
            long left = node.get("players").getAsLong() + node.get("rooms").getAsLong();
            if (left == 0) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        left + " players and rooms are still on the server after " + max.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private HttpRequest.Builder request(String path) throws IOException {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/" + path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token());
    }

    private String token() throws IOException {
        for (String line : Files.readAllLines(tokens)) {
            String[] words = line.strip().split("\\s+");
            if (words.length >= 2 && words[0].equals("admin")) {
                return words[1];
            }
        }
        throw new IOException("no token of an admin in " + tokens);
    }

    private JsonObject call(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(answer.request().uri() + " answers " + answer.statusCode() + ": " + answer.body());
        }
        return JsonParser.parseString(answer.body()).getAsJsonObject();
    }
}
