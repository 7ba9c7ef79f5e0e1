package tavern.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The operators' API of a server that was started with the log level {@code info}: only the log tells its address.
 *
 * @param address where operators connect
 * @param token of one of the roles that the server makes at its first start
 */
public record OpsApi(HttpClient client, URI address, String token) {
    private static final Pattern ADDRESS = Pattern.compile("operators connect to (http://\\S+)");

    /** @param folder the server's folder @param role viewer, moderator or admin */
    public static OpsApi of(Path folder, String role) throws IOException {
        Matcher line = ADDRESS.matcher(Files.readString(folder.resolve("server.log")));
        if (!line.find()) {
            throw new IOException("the server's log does not say where operators connect");
        }
        String token = Files.readAllLines(folder.resolve("ops-tokens")).stream()
                .filter(each -> each.startsWith(role + " "))
                .map(each -> each.split(" ", -1)[1])
                .findFirst()
                .orElseThrow(() -> new IOException("there is no token of a " + role));
        return new OpsApi(HttpClient.newHttpClient(), URI.create(line.group(1)), token);
    }

    public String get(String path) throws IOException, InterruptedException {
        return send(request(path).build());
    }

    /** @param json the body */
    public String post(String path, String json) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.resolve(path)).header("Authorization", "Bearer " + token);
    }

    private String send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(request.uri() + " was answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }
}
