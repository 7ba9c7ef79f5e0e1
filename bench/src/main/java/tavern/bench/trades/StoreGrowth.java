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
import tavern.sim.client.ClientListener;
import tavern.sim.client.ClientSettings;
import tavern.sim.client.ClientTransport;
import tavern.sim.client.TavernClient;

/** Lets one store grow, and starts a server on what has become of it. */
final class StoreGrowth {
    /** The window is as long as by default; the whole history is this many windows long. */
    static final int WINDOWS = 20;

    private static final long WINDOW_MILLIS = TimeUnit.DAYS.toMillis(7);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final String BOOKED = "tavern_books_entries ";

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
        long perWindow = Math.max(1, span.trades() / WINDOWS);
        Map<String, Long> first;
        Map<String, Long> last;
        double firstMicros;
        double lastMicros;
        long entries;
        try (History history = new History(settings, perWindow * WINDOWS, WINDOW_MILLIS, WINDOW_MILLIS * WINDOWS)) {
            // The second window has begun to forget, so that from here on a store should stay as large as it is.
            history.writeUntil(2 * perWindow);
            first = StoreSizes.of(backends, folder);
            firstMicros = micros(history, 3 * perWindow, perWindow);
            for (int window = 4; window < WINDOWS; window++) {
                bench.progress().doing(setup.title() + ": window " + window + " of " + WINDOWS);
                history.writeUntil(window * perWindow);
                bench.progress().step();
            }
            lastMicros = micros(history, WINDOWS * perWindow, perWindow);
            last = StoreSizes.of(backends, folder);
            entries = history.entries();
        }
        bench.progress().doing(setup.title() + ": a server starts");
        Started started = start(folder, settings, entries);
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
                started.bookedPerSecond());
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
        return (cpuMicros() - before) / (double) trades;
    }

    private long cpuMicros() {
        Long redis = redisPid;
        return Proc.cpuMicros(Jvm.pid()) + (redis == null ? 0 : Proc.cpuMicros(redis));
    }

    private record Started(double welcomeMillis, double bookedPerSecond, long booksBytes) {}

    private Started start(Path folder, Map<String, String> settings, long entries)
            throws IOException, InterruptedException {
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
            double perSecond = booked(OpsApi.of(folder, "viewer"), entries, began);
            client.bye();
            server.close();
            return new Started(welcomeMillis, perSecond, bytes(folder.resolve("books.db")));
        } finally {
            server.kill();
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    /** How many entries a second the books take in, until they have all, or for a while. */
    private double booked(OpsApi ops, long entries, long began) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + span.booksMax().toNanos();
        while (true) {
            double booked = ops.get("/metrics")
                    .lines()
                    .filter(line -> line.startsWith(BOOKED))
                    .mapToDouble(line -> Double.parseDouble(line.substring(BOOKED.length())))
                    .findFirst()
                    .orElseThrow(() -> new IOException("the metrics do not say how far the books are"));
            if (booked >= entries || (booked > 0 && System.nanoTime() > deadline)) {
                return booked * 1e9 / (System.nanoTime() - began);
            }
            bench.stop().pass(POLL_INTERVAL);
        }
    }

    private static long bytes(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }
}
