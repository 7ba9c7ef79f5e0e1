package tavern.server.it;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Questions to a tab of Chromium, one at a time, and its answers. */
final class DevTools implements WebSocket.Listener {
    private static final int ANSWER_SECONDS_MAX = 30;

    private final AtomicInteger asked = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> waiting = new ConcurrentHashMap<>();
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;

    DevTools(URI tab) {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(tab, this)
                .join();
    }

    JsonObject ask(String method, Map<String, ?> parameters) {
        int id = asked.incrementAndGet();
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        socket.sendText(new Gson().toJson(Map.of("id", id, "method", method, "params", parameters)), true);
        return answer.orTimeout(ANSWER_SECONDS_MAX, TimeUnit.SECONDS).join();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            heard(JsonParser.parseString(text.toString()).getAsJsonObject());
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    private void heard(JsonObject message) {
        CompletableFuture<JsonObject> answer =
                message.has("id") ? waiting.remove(message.get("id").getAsInt()) : null;
        if (answer == null) {
            return;
        }
        if (message.has("result")) {
            answer.complete(message.getAsJsonObject("result"));
        } else {
            answer.completeExceptionally(new AssertionError(message.toString()));
        }
    }
}
