package tavern.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A client of the ops API of a running server. Blocks. */
final class Api {
    private static final List<String> ROLES = List.of("viewer", "moderator", "admin");
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(10);

    /** Longer than the server may take for an answer: an erasure searches all rooms, for up to 30 seconds. */
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(35);

    private final URI server;
    private final String token;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_PATIENCE).build();

    /**
     * @param wanted name of the role whose token is preferred, if there is one
     * @param needed name of the role that is sufficient
     */
    Api(URI server, Path tokens, String wanted, String needed) throws ApiException {
        this.server = server;
        this.token = readToken(tokens, wanted, needed);
    }

    /** Returns the least powerful of the file's tokens with the preferred role, or else with the sufficient one. */
    private static String readToken(Path file, String wanted, String needed) throws ApiException {
        Map<String, String> byRole = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file, UTF_8)) {
                String[] words = line.replaceFirst("#.*", "").strip().split("\\s+", -1);
                if (words.length == 3) {
                    byRole.putIfAbsent(words[0], words[1]);
                } else if (words.length == 1 && !words[0].isEmpty()) {
                    return words[0];
                }
            }
        } catch (IOException e) {
            throw new ApiException(file + " cannot be read; give the server's token file with --token-file");
        }
        for (String least : List.of(wanted, needed)) {
            for (String role : ROLES.subList(ROLES.indexOf(least), ROLES.size())) {
                String token = byRole.get(role);
                if (token != null) {
                    return token;
                }
            }
        }
        throw new ApiException(file + " has no token of the role " + needed + " or above");
    }

    JsonObject get(String path) throws ApiException {
        return send(request(path).GET());
    }

    /** @param ifMatch the version of what is to be replaced; empty to replace nothing */
    JsonObject post(String path, JsonObject body, String ifMatch) throws ApiException {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
        if (!ifMatch.isEmpty()) {
            request.header("If-Match", ifMatch.equals("*") ? ifMatch : '"' + ifMatch + '"');
        }
        return send(request);
    }

    /** Encodes a name as a part of a path. */
    static String part(String name) {
        return URLEncoder.encode(name, UTF_8).replace("+", "%20");
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.resolve("/api/v1" + path))
                .timeout(ANSWER_PATIENCE)
                .header("Authorization", "Bearer " + token);
    }

    private JsonObject send(HttpRequest.Builder request) throws ApiException {
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString(UTF_8));
            JsonElement body = JsonParser.parseString(response.body());
            if (response.statusCode() / 100 == 2 && body.isJsonObject()) {
                return body.getAsJsonObject();
            }
            throw new ApiException(errorText(response.statusCode(), body));
        } catch (ConnectException e) {
            throw new ApiException("nobody answers at " + server + "; does the server run, and is that its ops.port?");
        } catch (IOException e) {
            throw new ApiException(server + " cannot be reached: " + e.getMessage());
        } catch (JsonParseException e) {
            throw new ApiException(server + " answers, but is not a Tavern server");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException("interrupted");
        }
    }

    private static String errorText(int status, JsonElement body) {
        if (body.isJsonObject() && body.getAsJsonObject().get("error") instanceof JsonObject error) {
            return error.get("message").getAsString();
        }
        return "the server answered with status " + status;
    }
}
