package tavern.server.ops;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.staticfiles.Location;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.ops.books.Books;

/** The HTTP server of the operators. Start and close block; they belong to the start and the end of the server. */
public final class OpsServer implements AutoCloseable {
    static final int BODY_BYTES_MAX = 16 * 1024;
    private static final Logger log = LoggerFactory.getLogger(OpsServer.class);
    private static final String PAGE = "/tavern/server/ops/web";
    private static final int THREADS_MAX = 16;
    private static final int THREADS_MIN = 4;
    private static final int CONNECTIONS_MAX = 256;
    private static final int ANSWERS_MAX = 64;
    private static final int IDLE_MILLIS = 30_000;

    private final OpsSettings settings;
    private final Gate gate;
    private final Books books;
    private final Streams streams;
    private final MachineMetrics machine;
    private final QueuedThreadPool threads;
    private final Semaphore answers = new Semaphore(ANSWERS_MAX);
    private final List<Route> routes;
    private final Javalin javalin;

    /**
     * Blocks until requests are taken.
     *
     * @throws IOException when the address, the tokens or the certificate cannot be had; the message names the cure
     */
    public static OpsServer start(OpsSettings settings, OpsServices services) throws IOException {
        Tokens tokens = Tokens.open(settings.tokens());
        Books books = Books.open(settings.books(), services.store(), services.clock());
        OpsServer server;
        try {
            server = new OpsServer(settings, tokens, books, services);
        } catch (IOException | RuntimeException e) {
            books.close();
            throw e;
        }
        try {
            server.javalin.start();
        } catch (RuntimeException e) {
            server.close();
            throw new IOException("ops.port = " + settings.port() + ": cannot be had on ops.host = " + settings.host()
                    + "; set another, or 0 for any free one, or ops.enabled = false");
        }
        server.streams.start();
        log.info(
                "operators connect to {}://{}:{}",
                settings.tls() == null ? "http" : "https",
                settings.host(),
                server.address().getPort());
        return server;
    }

    private OpsServer(OpsSettings settings, Tokens tokens, Books books, OpsServices services) throws IOException {
        this.settings = settings;
        this.books = books;
        OpsConnector connector = new OpsConnector(settings);
        gate = new Gate(settings, tokens, services.clock());
        Health health = new Health(services, books);
        Sampler sampler = new Sampler(services, health);
        streams = new Streams(sampler, services.rooms());
        machine = new MachineMetrics(services);
        BookMetrics.register(books, services.metrics());
        // What waits for a thread is bounded by the connections and the answers under way.
        threads = new QueuedThreadPool(THREADS_MAX, THREADS_MIN, IDLE_MILLIS);
        threads.setName("ops");
        threads.setDaemon(true);
        routes = new Routes(services, books, health, sampler, streams).all();
        javalin = Javalin.create(config -> {
            configure(config);
            config.jetty.addConnector(connector::connect);
        });
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.maxRequestSize = BODY_BYTES_MAX;
        config.http.defaultContentType = "application/json";
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.http.prefer405over404 = true;
        config.http.asyncTimeout = 0;
        config.jetty.threadPool = threads;
        config.jetty.modifyServer(server -> {
            server.addBean(new NetworkConnectionLimit(CONNECTIONS_MAX, server));
            server.setStopTimeout(0);
        });
        config.staticFiles.add(PAGE, Location.CLASSPATH);
        config.routes.before(context -> {
            Trace.begin(context);
            Headers.put(context);
            gate.checkOrigin(context);
        });
        routes.forEach(
                route -> config.routes.addHttpHandler(route.method(), route.path(), context -> serve(context, route)));
        Charts.serve(config);
        config.routes.exception(HttpResponseException.class, (failure, context) -> Failures.answer(context, failure));
        config.routes.exception(Exception.class, (failure, context) -> Failures.answer(context, failure));
    }

    private void serve(Context context, Route route) throws Exception {
        Call call = Call.read(context, route, gate.admit(context, route));
        if (route.handler() instanceof Route.Direct direct) {
            direct.to(context, call);
        } else if (route.handler() instanceof Route.Answer answer) {
            if (!answers.tryAcquire()) {
                throw new RefusedException(503, "BUSY", ANSWERS_MAX + " requests are under way; try again", 1);
            }
            context.future(() -> answer(context, call, answer));
        }
    }

    /** What owners answer becomes JSON on a thread of ours, not of theirs. */
    private CompletableFuture<?> answer(Context context, Call call, Route.Answer answer) {
        return ask(call, answer)
                .handleAsync(
                        (value, failure) -> {
                            answers.release();
                            if (failure == null) {
                                context.contentType("application/json").result(Json.write(value));
                            } else {
                                Failures.answer(context, failure);
                            }
                            return context;
                        },
                        threads)
                .toCompletableFuture();
    }

    private static CompletionStage<?> ask(Call call, Route.Answer answer) {
        try {
            return answer.to(call);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress(settings.host(), javalin.port());
    }

    @Override
    public void close() {
        streams.close();
        javalin.stop();
        machine.close();
        books.close();
    }
}
