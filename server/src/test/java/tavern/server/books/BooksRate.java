package tavern.server.books;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.server.store.Realm;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.Clocks;

/**
 * Measures what the books cost; no test. Arguments: a folder, trades a second, seconds of each round. Rounds without and
 * with books take turns, all at the same pace, so that what differs between them is the books; then the books are worked
 * out from the beginning.
 */
final class BooksRate {
    private static final int PLAYERS = 2_000;
    private static final int IN_FLIGHT = 5_000;

    private final Realm realm;
    private final List<Player> players = new ArrayList<>();
    private final Random random = new Random(7);
    private final long perSecond;
    private final long seconds;

    private BooksRate(Realm realm, long perSecond, long seconds) {
        this.realm = realm;
        this.perSecond = perSecond;
        this.seconds = seconds;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args[0]), "rate");
        Path file = folder.resolve("books.db");
        try (EmbeddedStore store = EmbeddedStore.open(StoreSettings.embedded(folder, IN_FLIGHT, 100_000_000))) {
            BooksRate rate = new BooksRate(new Realm(store), Long.parseLong(args[1]), Long.parseLong(args[2]));
            rate.open();
            rate.round("warming up");
            for (int i = 0; i < 3; i++) {
                rate.round("without books");
                try (Books books = Books.open(file, store, store, store, Clocks.system())) {
                    awaitEnd(books);
                    rate.round("with books");
                    System.out.printf(
                            "  behind by %d ms, checks %d%n",
                            books.behindMillis(), books.economy().checks());
                }
            }
            Files.delete(file);
            long start = System.nanoTime();
            try (Books books = Books.open(file, store, store, store, Clocks.system())) {
                awaitEnd(books);
                double took = (System.nanoTime() - start) / 1e9;
                System.out.printf(
                        "worked out %,d entries in %.1f s: %,.0f a second; books.db %,d bytes an entry, tavern.db %,d%n",
                        books.entries(),
                        took,
                        books.entries() / took,
                        bytes(file) / books.entries(),
                        bytes(folder.resolve("tavern.db")) / books.entries());
            }
        }
    }

    private static long bytes(Path file) throws IOException {
        return Files.size(file) + Files.size(file.resolveSibling(file.getFileName() + "-wal"));
    }

    private static void awaitEnd(Books books) throws InterruptedException {
        long checks = books.economy().checks();
        Semaphore never = new Semaphore(0);
        // The economy is looked at only at the end of the ledger.
        while (books.economy().checks() == checks) {
            never.tryAcquire(20, TimeUnit.MILLISECONDS);
        }
    }

    private void open() {
        for (int i = 0; i < PLAYERS; i++) {
            Player player = realm.open("p" + i, "gold", 1_000_000);
            players.add(player);
        }
    }

    private void round(String name) throws Exception {
        long[] nanos = new long[(int) (perSecond * seconds)];
        Semaphore free = new Semaphore(IN_FLIGHT - 10);
        Semaphore never = new Semaphore(0);
        long start = System.nanoTime();
        for (int i = 0; i < nanos.length; i++) {
            long due = start + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
            while (System.nanoTime() < due) {
                never.tryAcquire(200, TimeUnit.MICROSECONDS);
            }
            free.acquire();
            int number = i;
            int from = random.nextInt(PLAYERS);
            int to = (from + 1 + random.nextInt(PLAYERS - 1)) % PLAYERS;
            realm.ask(Realm.wish(players.get(from), players.get(to), Goods.of("gold", 1), Goods.of("gold", 2)), null)
                    .whenComplete((settled, failure) -> {
                        // From when it should have been asked for: a late start counts too.
                        nanos[number] = System.nanoTime() - due;
                        free.release();
                    });
        }
        free.acquire(IN_FLIGHT - 10);
        Arrays.sort(nanos);
        System.out.printf(
                "%-14s %,d trades/s: p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms%n",
                name,
                perSecond,
                nanos[nanos.length / 2] / 1e6,
                nanos[(int) (nanos.length * 0.99)] / 1e6,
                nanos[(int) (nanos.length * 0.999)] / 1e6);
    }
}
