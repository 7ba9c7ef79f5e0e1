package tavern.server.services;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;
import tavern.game.Reply;
import tavern.server.room.ServiceCall;
import tavern.server.room.ServiceCalls;

/** The services of the configuration, over HTTP. Safe on any thread. */
public final class HttpServices implements ServiceCalls, AutoCloseable {
    private static final int CLIENT_THREADS = 2;

    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("services", true));
    private final ExecutorService clientThreads =
            Executors.newFixedThreadPool(CLIENT_THREADS, new DefaultThreadFactory("services-http", true));
    private final Map<String, CalledService> services;

    private HttpServices(List<ServiceSettings> settings, SplittableRandom chance, MeterRegistry metrics) {
        // Upgrades to HTTP/2 would cost a round trip for each connection, and gain nothing for so few requests.
        HttpClient client = HttpClient.newBuilder()
                .executor(clientThreads)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        this.services = settings.stream()
                .map(one -> new CalledService(one, client, thread, chance.split(), metrics))
                .collect(Collectors.toMap(CalledService::name, Function.identity()));
    }

    /** @param chance of the pauses between tries */
    public static HttpServices start(List<ServiceSettings> settings, SplittableRandom chance, MeterRegistry metrics) {
        return new HttpServices(settings, chance, metrics);
    }

    @Override
    public CompletableFuture<Reply> call(ServiceCall call) {
        CalledService service = services.get(call.service());
        return service == null
                ? CompletableFuture.completedFuture(ServiceCalls.notConfigured(call.service()))
                : service.call(call);
    }

    /** Calls under way are never answered. */
    @Override
    public void close() {
        thread.shutdownNow();
        clientThreads.shutdownNow();
    }
}
