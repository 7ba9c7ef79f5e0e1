package tavern.server.it;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Questions to a tab of Chromium, one at a time, its answers, and what went wrong in its page. */
final class DevTools implements WebSocket.Listener {
    private static final int ANSWER_SECONDS_MAX = 30;

    private final AtomicInteger asked = new AtomicInteger();
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private final Map<Integer, CompletableFuture<JsonObject>> waiting = new ConcurrentHashMap<>();
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;

    DevTools(URI tab) {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(tab, this)
                .join();
        ask("Page.enable", Map.of());
        ask("Runtime.enable", Map.of());
        ask("Log.enable", Map.of());
    }

    /** Scripts that threw, whatever the content policy has stopped, and dialogs that opened. */
    List<String> problems() {
        return List.copyOf(problems);
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

    private void watch(JsonObject event) {
        String method = event.has("method") ? event.get("method").getAsString() : "";
        boolean problem = switch (method) {
            case "Runtime.exceptionThrown", "Page.javascriptDialogOpening" -> true;
            case "Log.entryAdded" -> {
                JsonObject entry = event.getAsJsonObject("params").getAsJsonObject("entry");
                yield List.of("security", "violation", "javascript")
                        .contains(entry.get("source").getAsString());
            }
            default -> false;
        };
        if (problem) {
            problems.add(event.toString());
        }
    }

    private void heard(JsonObject message) {
        CompletableFuture<JsonObject> answer =
                message.has("id") ? waiting.remove(message.get("id").getAsInt()) : null;
        if (answer == null) {
            watch(message);
            return;
        }
        if (message.has("result")) {
            answer.complete(message.getAsJsonObject("result"));
        } else {
            answer.completeExceptionally(new AssertionError(message.toString()));
        }
    }
}
