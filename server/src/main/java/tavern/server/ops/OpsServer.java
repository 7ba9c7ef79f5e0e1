package tavern.server.ops;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.staticfiles.Location;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.books.Books;
import tavern.server.store.AuditAnchors;
import tavern.server.store.Stages;

/** The operators' HTTP server. Start and close block, and are called at the start and the end of the server. */
public final class OpsServer implements AutoCloseable {
    static final int BODY_BYTES_MAX = 16 * 1024;
    private static final Logger log = LoggerFactory.getLogger(OpsServer.class);
    private static final String PAGE = "/tavern/server/ops/web";
    private static final int THREADS_MAX = 16;
    private static final int THREADS_MIN = 4;
    private static final int ANSWERS_MAX = 64;
    private static final int IDLE_MILLIS = 30_000;

    private final OpsSettings settings;
    private final Gate gate;
    private final Books books;
    private final AuditWatch auditWatch;
    private final Streams streams;
    private final MachineMetrics machine;
    private final AuditQueue audit;
    private final InterruptedOrders interrupted;
    private final AuditedCommands orders;
    private final PlayerDataCommands playerData;
    private final OperatorServices accounts;
    private final KnownOperators operators;
    private final QueuedThreadPool threads;
    private final Semaphore answers = new Semaphore(ANSWERS_MAX);
    private final List<Route> routes;
    private final Javalin javalin;

    /**
     * Blocks until the server accepts requests.
     *
     * @throws IOException when the address or the tokens are not available; the message names the cure
     */
    public static OpsServer start(OpsSettings settings, OpsServices services) throws IOException {
        OperatorTokens tokens = OperatorTokens.open(
                settings.tokens(),
                settings.operators().roles(),
                services.clocks().monotonic());
        Books books = Books.open(
                settings.books(),
                services.store().accounts(),
                services.store().segments(),
                services.store().audit(),
                services.clocks());
        OpsServer server;
        try {
            server = new OpsServer(settings, tokens, books, services);
        } catch (RuntimeException e) {
            books.close();
            throw e;
        }
        try {
            server.javalin.start();
        } catch (RuntimeException e) {
            server.close();
            throw new IOException("ops.port = " + settings.port() + ": not available on ops.host = " + settings.host()
                    + "; set another, or 0 for any free one, or ops.enabled = false");
        }
        server.streams.start();
        server.interrupted.settle();
        server.playerData.warnOfUnfinished();
        log.info(
                "operators connect to {}://{}:{}",
                settings.tls() == null ? "http" : "https",
                settings.host(),
                server.address().getPort());
        return server;
    }

    private OpsServer(OpsSettings settings, OperatorTokens tokens, Books books, OpsServices services) {
        this.settings = settings;
        this.books = books;
        OpsConnector connector =
                new OpsConnector(settings, services.certificates().operators());
        accounts = OperatorServices.of(settings.operators(), services.store().operators(), services.clocks());
        operators = new KnownOperators(tokens, accounts.directory());
        gate = new Gate(settings, operators, services.clocks().monotonic());
        auditWatch = AuditWatch.start(services.store().audit(), anchors(settings, services), services.clocks());
        // The tasks that wait for a thread are bounded by the connections and the answers in progress.
        threads = new QueuedThreadPool(THREADS_MAX, THREADS_MIN, IDLE_MILLIS);
        threads.setName("ops");
        threads.setDaemon(true);
        String run = InterruptedOrders.run(
                services.self().id(), UUID.randomUUID().toString().substring(0, 8));
        audit = new AuditQueue(
                new AuditLog(services.store().audit(), auditWatch::written),
                services.clocks().monotonic());
        interrupted = new InterruptedOrders(
                services.store().audit(),
                audit,
                services.clocks().wall(),
                services.self().id(),
                run);
        orders = new AuditedCommands(audit, services.clocks().wall(), run, threads);
        Health health = new Health(services, books, orders, tokens, auditWatch, settings.loopSilentSeconds());
        Sampler sampler = new Sampler(services, health);
        streams = new Streams(sampler, services.rooms(), operators);
        machine = new MachineMetrics(services);
        BookMetrics.register(books, services.metrics());
        playerData = new PlayerDataCommands(services, books, new Views(services));
        routes = new Routes(
                        services,
                        settings,
                        books,
                        orders,
                        auditWatch,
                        health,
                        sampler,
                        streams,
                        playerData,
                        accounts,
                        tokens)
                .all();
        javalin = Javalin.create(config -> {
            configure(config);
            config.jetty.addConnector(connector::connect);
        });
    }

    private static List<AuditAnchors> anchors(OpsSettings settings, OpsServices services) {
        List<AuditAnchors> anchors = new ArrayList<>();
        anchors.add(settings.anchor());
        services.feed().auditAnchors().ifPresent(anchors::add);
        return anchors;
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
        config.jetty.modifyServer(server -> server.setStopTimeout(0));
        config.staticFiles.add(PAGE, Location.CLASSPATH);
        config.routes.before(context -> {
            Trace.begin(context);
            Headers.put(context);
            gate.checkOrigin(context);
        });
        routes.forEach(
                route -> config.routes.addHttpHandler(route.method(), route.path(), context -> serve(context, route)));
        Charts.serve(config);
        config.routes.exception(
                HttpResponseException.class, (failure, context) -> ErrorAnswers.answer(context, failure));
        config.routes.exception(Exception.class, (failure, context) -> ErrorAnswers.answer(context, failure));
    }

    private void serve(Context context, Route route) throws Exception {
        if (route.handler() instanceof Route.Direct direct) {
            direct.to(context, ApiRequest.read(context, route, gate.admit(context, route)));
        } else if (route.handler() instanceof Route.Answer answer) {
            // Refused before it takes the place of another request.
            Supplier<CompletionStage<?>> work = route.right() != null && gate.mustLook(context)
                    ? () -> AnswerTimeout.bounded(operators.look())
                            .thenComposeAsync(known -> begin(context, route, answer), threads)
                    : begun(ApiRequest.read(context, route, gate.admit(context, route)), answer);
            if (!answers.tryAcquire()) {
                throw new RequestRefusedException(503, "BUSY", ANSWERS_MAX + " requests are in progress; try again", 1);
            }
            BoundedConnector.beginWait(context);
            context.future(() -> answer(context, work));
        }
    }

    private static Supplier<CompletionStage<?>> begun(ApiRequest call, Route.Answer answer) {
        return () -> answer.to(call);
    }

    private CompletionStage<?> begin(Context context, Route route, Route.Answer answer) {
        return answer.to(ApiRequest.read(context, route, gate.admit(context, route)));
    }

    /** Converts the owners' answers to JSON on one of this server's threads, not on theirs. */
    private CompletableFuture<?> answer(Context context, Supplier<CompletionStage<?>> work) {
        return Stages.<Object>begin(() -> work.get().thenApply(value -> value))
                .handleAsync(
                        (value, failure) -> {
                            answers.release();
                            BoundedConnector.endWait(context);
                            if (value instanceof Download file) {
                                file.write(context);
                            } else if (failure == null) {
                                context.contentType("application/json").result(Json.write(value));
                            } else {
                                ErrorAnswers.answer(context, failure);
                            }
                            return context;
                        },
                        threads)
                .toCompletableFuture();
    }

    /** The address that the server listens on. */
    public InetSocketAddress address() {
        return new InetSocketAddress(settings.host(), javalin.port());
    }

    /** How far the books go: the position of the last entry of the ledger in them; empty if there is none. */
    public String booksPosition() {
        return books.position();
    }

    @Override
    public void close() {
        streams.close();
        javalin.stop();
        interrupted.close();
        audit.close();
        orders.close();
        machine.close();
        accounts.close();
        auditWatch.close();
        books.close();
    }
}
