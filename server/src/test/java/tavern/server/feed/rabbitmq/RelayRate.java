package tavern.server.feed.rabbitmq;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.server.cluster.ClusterSettings;
import tavern.server.cluster.Node;
import tavern.server.cluster.StoreLeases;
import tavern.server.feed.FeedSettings;
import tavern.server.game.Settlement;
import tavern.server.services.RabbitProcess;
import tavern.server.store.Realm;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.Clocks;

/**
 * Measures the relay: {@code RelayRate <folder> [rows] [rounds]} fills the outbox of an embedded store, then lets the
 * relay empty it into a RabbitMQ of its own.
 */
final class RelayRate {
    private static final int OPEN_MAX = 5_000;

    private RelayRate() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args[0]), "relay");
        int rows = args.length > 1 ? Integer.parseInt(args[1]) : 200_000;
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 3;
        StoreSettings settings = StoreSettings.embedded(folder.resolve("store"), OPEN_MAX + 100, 100_000_000);
        try (RabbitProcess rabbit = RabbitProcess.start(folder.resolve("rabbit"));
                EmbeddedStore store = EmbeddedStore.open(settings)) {
            for (int round = 0; round < rounds; round++) {
                fill(store, rows);
                empty(System.out, rabbit, store, rows);
                rabbit.rabbitmqctl("purge_queue", Topology.LEDGER);
            }
        }
    }

    private static void fill(EmbeddedStore store, int rows) throws Exception {
        Realm realm = new Realm(store);
        Player ann = realm.open("ann", "gold", 1_000_000);
        Player bob = realm.open("bob", "gold", 1_000_000);
        TransactionEvents events = new TransactionEvents("main");
        Semaphore free = new Semaphore(OPEN_MAX);
        for (int i = 0; i < rows; i++) {
            Settlement wish = Realm.wish(ann, bob, Goods.of("gold", 1), Goods.of("gold", 1));
            free.acquire();
            realm.ask(wish, events.describe(wish, realm.roomFence(), Realm.NOW))
                    .whenComplete((done, failure) -> free.release());
        }
        free.acquire(OPEN_MAX);
    }

    private static void empty(PrintStream out, RabbitProcess rabbit, EmbeddedStore store, int rows) {
        Clocks clocks = Clocks.system();
        StoreLeases leases = StoreLeases.start(
                store,
                new ClusterSettings(false, 10_000, "", 0),
                CompletableFuture.completedFuture(new Node("rate", "127.0.0.1", 1)),
                () -> true,
                clocks);
        FeedSettings.RabbitMq settings = new FeedSettings.RabbitMq(rabbit.uri(), true, 4_096, 10);
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        long storeBefore = cpuNanos("tavern-store-");
        try (RabbitFeed feed = RabbitFeed.start(settings, "main", "rate", store, leases, clocks, metrics, id -> {})) {
            long start = System.nanoTime();
            Awaitility.await()
                    .atMost(120, TimeUnit.SECONDS)
                    .pollInterval(5, TimeUnit.MILLISECONDS)
                    .until(() -> store.stats().outboxRows() == 0);
            double seconds = (System.nanoTime() - start) / 1e9;
            out.printf(
                    "%d rows in %.2f s: %.0f/s; CPU each: relay %.1f us, client's reader %.1f us, store %.1f us;"
                            + " published %.0f%n",
                    rows,
                    seconds,
                    rows / seconds,
                    cpuNanos("feed-relay") / 1e3 / rows,
                    cpuNanos("AMQP Connection") / 1e3 / rows,
                    (cpuNanos("tavern-store-") - storeBefore) / 1e3 / rows,
                    metrics.get("tavern.feed.published").counter().count());
        }
    }

    /** What a busy machine does not blur. */
    private static long cpuNanos(String name) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(name))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.getId()))
                .sum();
    }
}
