package tavern.bench.trades;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.bench.Bench;
import tavern.bench.Folders;
import tavern.bench.Jvm;
import tavern.bench.OpsApi;
import tavern.bench.Proc;
import tavern.bench.ServerChild;
import tavern.client.ClientListener;
import tavern.client.ClientSettings;
import tavern.client.ClientTransport;
import tavern.client.TavernClient;

/** Lets one store grow, and starts a server on what has become of it. */
final class StoreGrowth {
    /** The window is as long as by default; the whole history is this many windows long. */
    static final int WINDOWS = 20;

    private static final int SEGMENTS_IN_WINDOW = 10;
    private static final long WINDOW_MILLIS = TimeUnit.DAYS.toMillis(7);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final String BEHIND = "tavern_books_behind_seconds ";

    /** Books that had everything so lately are complete. */
    private static final double COMPLETE_SECONDS_MAX = 10;

    private final Bench bench;
    private final Setup setup;
    private final @Nullable Backends backends;
    private final @Nullable Long redisPid;
    private final StoreGrowthBenchmark.Span span;

    /** @param redisPid null for the embedded store */
    StoreGrowth(Bench bench, Setup setup, @Nullable Long redisPid, StoreGrowthBenchmark.Span span) {
        this.bench = bench;
        this.setup = setup;
        this.backends = setup.backends();
        this.redisPid = redisPid;
        this.span = span;
    }

    GrowthFigures measure() throws IOException, InterruptedException {
        setup.empty();
        Path folder = Files.createTempDirectory(bench.folder(), "growth");
        Map<String, String> settings = new TreeMap<>(setup.settings());
        settings.put("store.path", folder.toString());
        // A quarter of an hour of trades as fast as the store takes them must survive any pause of the machine.
        settings.put("store.redis.command-timeout-millis", "10000");
        long perWindow = Math.max(1, span.trades() / WINDOWS);
        settings.put("store.archive.path", folder.resolve("archive").toString());
        settings.put("store.archive.segment-entries", Long.toString(Math.max(1, perWindow / SEGMENTS_IN_WINDOW)));
        settings.put("store.ledger-kept-days", Long.toString(TimeUnit.MILLISECONDS.toDays(WINDOW_MILLIS)));
        Map<String, Long> first;
        Map<String, Long> last;
        double firstMicros;
        double lastMicros;
        long entries;
        try (History history = new History(settings, perWindow * WINDOWS, WINDOW_MILLIS, WINDOW_MILLIS * WINDOWS)) {
            history.archive();
            // The second window has begun to forget, so that from here on a store should stay as large as it is.
            history.writeUntil(2 * perWindow);
            history.awaitArchived(bench.stop());
            first = StoreSizes.of(backends, folder);
            firstMicros = micros(history, 3 * perWindow, perWindow);
            for (int window = 4; window < WINDOWS; window++) {
                bench.progress().doing(setup.title() + ": window " + window + " of " + WINDOWS);
                history.writeUntil(window * perWindow);
                history.awaitArchived(bench.stop());
                bench.progress().step();
            }
            lastMicros = micros(history, WINDOWS * perWindow, perWindow);
            last = StoreSizes.of(backends, folder);
            entries = history.entries();
        }
        bench.progress().doing(setup.title() + ": a server starts");
        Started started = start(folder, settings);
        Folders.remove(folder);
        return new GrowthFigures(
                setup.key(),
                setup.title(),
                entries,
                first,
                sizesWith(last, started),
                firstMicros,
                lastMicros,
                started.welcomeMillis(),
                started.booksSeconds());
    }

    private static Map<String, Long> sizesWith(Map<String, Long> sizes, Started started) {
        Map<String, Long> all = new TreeMap<>(sizes);
        all.put("books", started.booksBytes());
        return all;
    }

    /** Writes until there are this many trades; CPU time for each of the {@code trades} that were missing. */
    private double micros(History history, long until, long trades) throws IOException, InterruptedException {
        long before = cpuMicros();
        history.writeUntil(until);
        history.awaitArchived(bench.stop());
        return (cpuMicros() - before) / (double) trades;
    }

    private long cpuMicros() {
        Long redis = redisPid;
        return Proc.cpuMicros(Jvm.pid()) + (redis == null ? 0 : Proc.cpuMicros(redis));
    }

    private record Started(double welcomeMillis, double booksSeconds, long booksBytes) {}

    private Started start(Path folder, Map<String, String> settings) throws IOException, InterruptedException {
        Map<String, String> all = new TreeMap<>(LocalTavern.RICH);
        all.putAll(settings);
        // Only the log tells where operators connect.
        all.put("TAVERN_LOG_LEVEL", "info");
        EventLoopGroup loops = ClientTransport.loops(1);
        long began = System.nanoTime();
        ServerChild server = ServerChild.start(folder, all, bench.stop());
        try {
            InetSocketAddress address = server.address();
            ClientSettings settingsOfClient = ClientSettings.of(address.getHostString(), address.getPort(), "newcomer");
            TavernClient client = new TavernClient(settingsOfClient, loops.next(), new ClientListener() {});
            Waiting.on(client.connect());
            double welcomeMillis = (System.nanoTime() - began) / 1e6;
            double booksSeconds = booksSeconds(OpsApi.of(folder, "viewer"), began);
            client.bye();
            server.close();
            return new Started(welcomeMillis, booksSeconds, bytes(folder.resolve("books.db")));
        } finally {
            server.kill();
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    /** How long it takes from the start until the books have all; or the time until then, if they have not. */
    private double booksSeconds(OpsApi ops, long began) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + span.booksMax().toNanos();
        while (true) {
            double behindSeconds = ops.get("/metrics")
                    .lines()
                    .filter(line -> line.startsWith(BEHIND))
                    .mapToDouble(line -> Double.parseDouble(line.substring(BEHIND.length())))
                    .findFirst()
                    .orElseThrow(() -> new IOException("the metrics do not say how far the books are"));
            if (behindSeconds < COMPLETE_SECONDS_MAX || System.nanoTime() > deadline) {
                return (System.nanoTime() - began) / 1e9;
            }
            bench.stop().pass(POLL_INTERVAL);
        }
    }

    private static long bytes(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }
}
