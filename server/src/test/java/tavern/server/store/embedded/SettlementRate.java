package tavern.server.store.embedded;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tavern.server.game.Goods;
import tavern.server.game.Player;
import tavern.server.game.Settlement;
import tavern.server.store.OutboxEvent;
import tavern.server.store.Realm;
import tavern.server.store.StoreSettings;

/**
 * Measures durable settlements through the port: {@code SettlementRate <folder> [seconds a round] [players]}. Each moves
 * two kinds; with an event it writes an outbox row, which is not removed. The last round has one in flight at a time.
 */
final class SettlementRate {
    private static final int IN_FLIGHT = 5000;
    private static final int MEASURED_MAX = 4_000_000;

    private final PrintStream out;
    private final Realm realm;
    private final List<Player> players = new ArrayList<>();
    private final Random random = new Random(7);
    private final long[] latencyNanos = new long[MEASURED_MAX];

    private SettlementRate(PrintStream out, Realm realm) {
        this.out = out;
        this.realm = realm;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args[0]), "rate");
        long seconds = args.length > 1 ? Long.parseLong(args[1]) : 5;
        int count = args.length > 2 ? Integer.parseInt(args[2]) : 200;
        StoreSettings settings = StoreSettings.embedded(folder, IN_FLIGHT, 100_000_000);
        try (EmbeddedStore store = EmbeddedStore.open(settings)) {
            SettlementRate rate = new SettlementRate(System.out, new Realm(store));
            rate.open(store, count);
            rate.round("warming up   ", seconds, IN_FLIGHT - 1, Realm.EVENT);
            rate.round("with event   ", seconds, IN_FLIGHT - 1, Realm.EVENT);
            rate.round("without event", seconds, IN_FLIGHT - 1, null);
            rate.round("one at a time", seconds, 1, Realm.EVENT);
            System.out.println(Realm.await(store.checkConservation()));
        }
    }

    private void open(EmbeddedStore store, int count) {
        for (int i = 0; i < count; i++) {
            Player player = realm.open("p" + i, "gold", 1_000_000);
            Realm.await(store.grant(player.id(), Realm.stacks("potion", 1_000_000), "potions-" + i, Realm.NOW));
            players.add(player);
        }
    }

    private void round(String name, long seconds, int inFlight, @Nullable OutboxEvent event) throws Exception {
        Semaphore free = new Semaphore(inFlight);
        AtomicInteger failed = new AtomicInteger();
        long start = System.nanoTime();
        long startCpu = writerCpuNanos();
        int asked = 0;
        while (asked < MEASURED_MAX && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(seconds)) {
            free.acquire();
            int number = asked++;
            long begin = System.nanoTime();
            realm.ask(wish(), event).whenComplete((settled, failure) -> {
                latencyNanos[number] = System.nanoTime() - begin;
                if (failure != null || settled.proposerAfter() == null) {
                    failed.incrementAndGet();
                }
                free.release();
            });
        }
        free.acquire(inFlight);
        double wall = (System.nanoTime() - start) / 1e9;
        double cpuMicros = (writerCpuNanos() - startCpu) / 1e3 / asked;
        Arrays.sort(latencyNanos, 0, asked);
        out.printf(
                "%s: %,7.0f settlements/s, %5.1f us of the writer's CPU each, p50 %.2f ms, p99 %.2f ms, %d failed%n",
                name, asked / wall, cpuMicros, millis(asked / 2), millis(asked * 99L / 100), failed.get());
    }

    private Settlement wish() {
        int from = random.nextInt(players.size());
        int to = (from + 1 + random.nextInt(players.size() - 1)) % players.size();
        return Realm.wish(players.get(from), players.get(to), Goods.of("gold", 1), Goods.of("potion", 1));
    }

    private double millis(long index) {
        return latencyNanos[(int) index] / 1e6;
    }

    /** What a busy machine does not blur. */
    static long writerCpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("tavern-store-writer"))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.getId()))
                .sum();
    }
}
