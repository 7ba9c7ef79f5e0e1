package tavern.server.trace;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the spans of requests. Spans wait in a bounded queue for a thread that sends them; when it is full, they are
 * dropped. Safe on any thread; methods do not block, except {@link #close}.
 */
public final class Traces implements AutoCloseable {
    private static final AttributeKey<String> ROOM = AttributeKey.stringKey("tavern.room");
    private static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("tavern.message");
    private static final Duration SEND_EVERY = Duration.ofSeconds(1);
    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(5);
    private static final long CLOSE_MILLIS_MAX = 500;
    private static final int UNPUBLISHED_MAX = 10_000;
    private static final Traces OFF = new Traces(null);

    private final @Nullable SdkTracerProvider provider;
    private final @Nullable Tracer tracer;

    /** The begun spans of what the feed has not yet published, by message. Those that it never publishes are not sent. */
    private final Cache<String, Span> publishing = Caffeine.newBuilder()
            .maximumSize(UNPUBLISHED_MAX)
            .expireAfterWrite(Duration.ofMinutes(1))
            .build();

    private Traces(@Nullable SdkTracerProvider provider) {
        this.provider = provider;
        tracer = provider == null ? null : provider.get("tavern");
    }

    /** Returns traces of nothing. */
    public static Traces off() {
        return OFF;
    }

    /**
     * Begins to trace, if the settings say where to.
     *
     * @param node of this server, and its version
     */
    public static Traces start(TraceSettings settings, String node, String version) {
        if (settings.otlpUrl().isEmpty()) {
            return OFF;
        }
        Attributes server = Attributes.builder()
                .put("service.name", "tavern")
                .put("service.instance.id", node)
                .put("service.version", version)
                .build();
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(settings.otlpUrl())
                .setTimeout(SEND_TIMEOUT)
                .build();
        return new Traces(SdkTracerProvider.builder()
                .setResource(Resource.getDefault().merge(Resource.create(server)))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.sampled())))
                .addSpanProcessor(BatchSpanProcessor.builder(new LoggingExporter(exporter))
                        .setScheduleDelay(SEND_EVERY)
                        .build())
                .build());
    }

    /**
     * Begins the trace of a request, perhaps.
     *
     * @param kind of the request
     * @param task what the room's thread is to do for it
     * @return the task, which ends the trace; one that is never run must be {@link #refused}
     */
    public Runnable request(Class<?> kind, String room, Runnable task) {
        Tracer on = tracer;
        if (on == null) {
            return task;
        }
        Span request = on.spanBuilder(kind.getSimpleName())
                .setNoParent()
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(ROOM, room)
                .startSpan();
        return request.isRecording() ? new Traced(on, request, task) : task;
    }

    /**
     * Ends the trace of a request that its room has not taken.
     *
     * @param task from {@link #request}
     * @param why the room has not taken it, the same for many requests
     */
    public void refused(Runnable task, String why) {
        if (task instanceof Traced traced) {
            traced.request.setStatus(StatusCode.ERROR, why);
            traced.request.end();
        }
    }

    private record Traced(Tracer tracer, Span request, Runnable task) implements Runnable {
        @Override
        public void run() {
            Span inRoom = tracer.spanBuilder("room")
                    .setParent(Context.root().with(request))
                    .startSpan();
            try (Scope scope = inRoom.makeCurrent()) {
                task.run();
            } finally {
                inRoom.end();
                request.end();
            }
        }
    }

    /**
     * Carries out a commit, as a part of the request's trace that this thread is at work on, if there is one.
     *
     * @param messageId the id under which the feed publishes the transaction; asked for only if there is a trace
     */
    public <T> CompletionStage<T> commit(Supplier<String> messageId, Supplier<CompletionStage<T>> transaction) {
        Tracer on = tracer;
        if (on == null || !Span.current().isRecording()) {
            return transaction.get();
        }
        String message = messageId.get();
        Span commit = on.spanBuilder("commit")
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute(MESSAGE, message)
                .startSpan();
        return transaction.get().whenComplete((result, failure) -> {
            if (failure == null) {
                // Begun before anybody hears of the commit, as the feed may be fast.
                publishing.put(
                        message,
                        on.spanBuilder("publish")
                                .setParent(Context.root().with(commit))
                                .setSpanKind(SpanKind.PRODUCER)
                                .startSpan());
            } else {
                commit.setStatus(StatusCode.ERROR);
                commit.recordException(failure);
            }
            commit.end();
        });
    }

    /** The broker has confirmed the message. */
    public void published(String message) {
        if (tracer == null) {
            return;
        }
        Span span = publishing.asMap().remove(message);
        if (span != null) {
            span.end();
        }
    }

    /** Sends what is left, for half a second at most. */
    @Override
    public void close() {
        if (provider != null) {
            provider.shutdown().join(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS);
        }
    }
}
