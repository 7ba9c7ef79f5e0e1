package tavern.server.store.embedded;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import tavern.server.game.Goods;
import tavern.server.game.Player;
import tavern.server.game.Settlement;
import tavern.server.store.Realm;
import tavern.server.store.StoreSettings;

/**
 * Measures durable settlements through the port: {@code SettlementRate <folder> [trades] [players]}. Each moves two
 * kinds and writes an outbox row; what was published is not removed.
 */
final class SettlementRate {
    private static final int IN_FLIGHT = 5000;

    private SettlementRate() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        Path folder = Files.createTempDirectory(Path.of(args[0]), "rate");
        int trades = args.length > 1 ? Integer.parseInt(args[1]) : 300_000;
        int players = args.length > 2 ? Integer.parseInt(args[2]) : 200;
        StoreSettings settings = StoreSettings.embedded(folder, IN_FLIGHT, 100_000_000);
        try (EmbeddedStore store = EmbeddedStore.open(settings)) {
            run(out, store, trades, players);
        }
    }

    private static void run(PrintStream out, EmbeddedStore store, int trades, int count) throws Exception {
        Realm realm = new Realm(store);
        Random random = new Random(7);
        List<Player> players = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Player player = realm.open("p" + i, "gold", 1_000_000);
            Realm.await(store.grant(player.id(), Realm.stacks("potion", 1_000_000), "potions-" + i, Realm.NOW));
            players.add(player);
        }
        Semaphore free = new Semaphore(IN_FLIGHT - 1);
        AtomicInteger failed = new AtomicInteger();
        for (int round = 0; round < 3; round++) {
            long start = System.nanoTime();
            long startCpu = writerCpuNanos();
            for (int i = 0; i < trades; i++) {
                int from = random.nextInt(count);
                int to = (from + 1 + random.nextInt(count - 1)) % count;
                Settlement wish =
                        Realm.wish(players.get(from), players.get(to), Goods.of("gold", 1), Goods.of("potion", 1));
                free.acquire();
                realm.ask(wish, Realm.EVENT).whenComplete((settled, failure) -> {
                    free.release();
                    if (failure != null || settled.proposerAfter() == null) {
                        failed.incrementAndGet();
                    }
                });
            }
            free.acquire(IN_FLIGHT - 1);
            free.release(IN_FLIGHT - 1);
            double seconds = (System.nanoTime() - start) / 1e9;
            out.printf(
                    "%d settlements in %.2f s: %.0f/s; the writer's CPU: %.1f us each; %d failed%n",
                    trades, seconds, trades / seconds, (writerCpuNanos() - startCpu) / 1e3 / trades, failed.get());
        }
        long start = System.nanoTime();
        out.println(Realm.await(store.checkConservation()));
        out.printf("checked in %.2f s%n", (System.nanoTime() - start) / 1e9);
    }

    /** What a busy machine does not blur. */
    private static long writerCpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("tavern-store-writer"))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.getId()))
                .sum();
    }
}
