package tavern.server.agones;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
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

    private final URI sidecar;
    private final BooleanSupplier healthy;
    private final HttpClient http;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("agones", true));

    // All on the timer's thread.
    private @Nullable String due;
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
        become("/ready");
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
            send("/health", () -> {});
        }
        reportState();
    }

    private void reportState() {
        String state = due;
        if (state != null) {
            send(state, () -> {
                // Another may have become due meanwhile.
                if (state.equals(due)) {
                    due = null;
                    log.info("Agones has taken {}", state);
                }
            });
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what fails is logged, and repeated
    private void send(String path, Runnable whenTaken) {
        HttpRequest request = HttpRequest.newBuilder(sidecar.resolve(path))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        http.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                .thenAccept(response -> {
                    if (response.statusCode() != 200) {
                        throw new IllegalStateException("status " + response.statusCode());
                    }
                })
                .whenCompleteAsync(
                        (taken, failure) -> {
                            note(path, failure);
                            if (failure == null) {
                                whenTaken.run();
                            }
                        },
                        timer);
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
