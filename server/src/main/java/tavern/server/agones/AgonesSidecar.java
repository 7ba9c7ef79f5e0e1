package tavern.server.agones;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports to the Agones sidecar: regularly that the server is healthy, once that it is ready, and, after a drain, that it
 * can be shut down. What the sidecar does not take is repeated with the next report, because a sidecar may start later than
 * the server. Safe on any thread; methods do not block.
 *
 * @see <a href="https://agones.dev/site/docs/guides/client-sdks/rest/">The sidecar's REST API</a>
 */
public final class AgonesSidecar implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AgonesSidecar.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final String READY = "/ready";

    /** The states of a server that Agones knows to be ready, or that will never be ready again. */
    private static final Set<String> PAST_READY =
            Set.of("RequestReady", "Ready", "Reserved", "Allocated", "Shutdown", "Unhealthy", "Error");

    private final URI sidecar;
    private final BooleanSupplier healthy;
    private final HttpClient http;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("agones", true));

    // All on the timer's thread.
    private @Nullable String due;
    private @Nullable String underWay;
    private boolean failing;

    private AgonesSidecar(int port, BooleanSupplier healthy) {
        sidecar = URI.create("http://127.0.0.1:" + port);
        this.healthy = healthy;
        http = HttpClient.newBuilder()
                .executor(timer)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .build();
    }

    /**
     * Starts to report the server's health.
     *
     * @param healthy whether the server is healthy now; while it is not, nothing is reported, and Agones replaces it
     */
    public static AgonesSidecar start(AgonesSettings settings, BooleanSupplier healthy) {
        AgonesSidecar sidecar = new AgonesSidecar(settings.sdkHttpPort(), healthy);
        sidecar.timer.scheduleWithFixedDelay(sidecar::report, 0, settings.healthSeconds(), TimeUnit.SECONDS);
        log.info("reporting to Agones at {}", sidecar.sidecar);
        return sidecar;
    }

    /** Reports that players can be sent to this server. */
    public void ready() {
        become(READY);
    }

    /** Asks Agones to shut this server down, now that nobody plays on it any more. */
    public void shutDown() {
        become("/shutdown");
    }

    private void become(String state) {
        try {
            timer.execute(() -> {
                due = state;
                reportState();
            });
        } catch (RejectedExecutionException e) {
            // Closed: the process ends, which Agones notices.
            log.debug("Agones is not told {}", state, e);
        }
    }

    private void report() {
        if (healthy.getAsBoolean()) {
            post("/health").whenCompleteAsync((taken, failure) -> note("/health", failure), timer);
        }
        reportState();
    }

    private void reportState() {
        String state = due;
        if (state == null || state.equals(underWay)) {
            return;
        }
        underWay = state;
        tell(state).whenCompleteAsync((taken, failure) -> told(state, failure), timer);
    }

    private CompletionStage<Void> tell(String state) {
        if (!state.equals(READY)) {
            return post(state);
        }
        // An attempt whose answer was late or lost may have been taken, and the server may have been allocated since:
        // another
        // one would make it ready again, and Agones would send it other players.
        return isPastReady()
                .thenComposeAsync(
                        past -> past || !READY.equals(due) ? CompletableFuture.completedFuture(null) : post(READY),
                        timer);
    }

    private void told(String state, @Nullable Throwable failure) {
        note(state, failure);
        if (state.equals(underWay)) {
            underWay = null;
        }
        // Another may have become due meanwhile.
        if (failure == null && state.equals(due)) {
            due = null;
            log.info("Agones has taken {}", state);
        }
    }

    private CompletionStage<Boolean> isPastReady() {
        HttpRequest request = request("/gameserver").GET().build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenApply(response -> {
            requireTaken(response);
            JsonObject server = JsonParser.parseString(response.body()).getAsJsonObject();
            return PAST_READY.contains(
                    server.getAsJsonObject("status").get("state").getAsString());
        });
    }

    private CompletionStage<Void> post(String path) {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.discarding()).thenAccept(AgonesSidecar::requireTaken);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(sidecar.resolve(path)).timeout(TIMEOUT);
    }

    private static void requireTaken(HttpResponse<?> response) {
        if (response.statusCode() != 200) {
            throw new IllegalStateException("status " + response.statusCode());
        }
    }

    /** Logs the begin and the end of an outage. */
    private void note(String path, @Nullable Throwable failure) {
        if (failure == null && failing) {
            log.info("the Agones sidecar answers again");
        } else if (failure != null && !failing) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            log.warn("the Agones sidecar has not taken {}, which will be repeated: {}", path, cause.toString());
        }
        failing = failure != null;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
