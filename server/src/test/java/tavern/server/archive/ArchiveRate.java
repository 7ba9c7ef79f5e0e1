package tavern.server.archive;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import tavern.game.Player;
import tavern.server.books.Books;
import tavern.server.store.ArchiveSettings;
import tavern.server.store.Realm;
import tavern.server.store.Segment;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.Clocks;

/**
 * Measures what it takes to archive a ledger, and what it takes to begin at its end; no test. Arguments: a folder, entries,
 * players. Somebody logs in all the time, through the store's writer: the longest time says what players notice.
 */
final class ArchiveRate {
    private ArchiveRate() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args[0]), "archive-rate");
        int entries = Integer.parseInt(args[1]);
        int players = Integer.parseInt(args[2]);
        StoreSettings settings = StoreSettings.embedded(folder, 1_000, 1_000_000);
        try (EmbeddedStore store = EmbeddedStore.open(settings)) {
            Realm realm = new Realm(store);
            for (int i = 0; i < players; i++) {
                realm.open("p" + i, "gold", 1_000_000_000);
            }
        }
        fill(folder.resolve("tavern.db"), entries, players);
        System.out.printf("tavern.db %,d bytes%n", Files.size(folder.resolve("tavern.db")));
        Clocks clocks = Clocks.system();
        AtomicBoolean isProven = new AtomicBoolean();
        long start = System.nanoTime();
        try (EmbeddedStore store = EmbeddedStore.open(settings)) {
            System.out.printf("opened in %.2f s%n", (System.nanoTime() - start) / 1e9);
            Realm realm = new Realm(store);
            Player one = realm.open("one", "gold", 1);
            TakenLeases leases = new TakenLeases(store, "rate@127.0.0.1:1");
            ArchiveSettings archive = new ArchiveSettings(
                    folder.resolve("archive"),
                    ArchiveSettings.SEGMENT_ENTRIES,
                    1_000_000,
                    ArchiveSettings.LEDGER_KEPT_DAYS);
            long whole = (entries + players) / archive.segmentEntries();
            try (Archivist archivist =
                    Archivist.start(archive, store, store, store, leases, () -> null, clocks, isProven::get)) {
                long longest = 0;
                start = System.nanoTime();
                while (Realm.await(store.newestSegment()).map(Segment::number).orElse(0L) < whole) {
                    longest = Math.max(longest, write(store, one));
                }
                double took = (System.nanoTime() - start) / 1e9;
                System.out.printf(
                        "sealed %,d entries in %.1f s, %,.0f a second; longest write of others %.1f ms%n",
                        whole * archive.segmentEntries(), took, whole * archive.segmentEntries() / took, longest / 1e6);
                isProven.set(true);
                longest = 0;
                start = System.nanoTime();
                archivist.wake();
                String end = Realm.await(store.newestSegment()).orElseThrow().last();
                while (!Realm.await(store.removedThrough()).equals(end)) {
                    longest = Math.max(longest, write(store, one));
                }
                took = (System.nanoTime() - start) / 1e9;
                System.out.printf(
                        "removed in %.1f s, %,.0f a second; longest write of others %.1f ms%n",
                        took, whole * archive.segmentEntries() / took, longest / 1e6);
            }
            System.out.printf(
                    "archive %,d bytes, %.1f an entry%n",
                    bytes(folder.resolve("archive")),
                    bytes(folder.resolve("archive")) / (double) (whole * archive.segmentEntries()));
            start = System.nanoTime();
            System.out.println(Realm.check(store));
            System.out.printf("checked in %.1f s%n", (System.nanoTime() - start) / 1e9);
            start = System.nanoTime();
            try (Books books = Books.open(folder.resolve("books.db"), store, store, store, Clocks.system())) {
                while (books.completeMillisAgo() == Long.MAX_VALUE) {
                    LockSupport.parkNanos(1_000_000);
                }
                System.out.printf("books from the checkpoint in %.1f s%n", (System.nanoTime() - start) / 1e9);
            }
            start = System.nanoTime();
            System.out.println(
                    ArchiveCheck.of(new ArchiveFolder(folder.resolve("archive")), folder, store, Realm::await));
            System.out.printf("verified in %.1f s%n", (System.nanoTime() - start) / 1e9);
        }
        start = System.nanoTime();
        EmbeddedStore.open(settings).close();
        System.out.printf("opened again in %.2f s%n", (System.nanoTime() - start) / 1e9);
    }

    private static long write(EmbeddedStore store, Player player) {
        long start = System.nanoTime();
        Realm.await(Realm.grant(store, player.id(), Realm.stacks("gold", 1), "rate-" + start, Realm.NOW));
        long took = System.nanoTime() - start;
        LockSupport.parkNanos(2_000_000);
        return took;
    }

    private static long bytes(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    /** Trades of one gold, as the server would have written them. */
    private static void fill(Path file, int entries, int players) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    "CREATE TEMP TABLE trade AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1"
                            + " FROM n LIMIT " + entries + ") SELECT i, 1 + abs(random()) % " + players
                            + " AS a, 1 + abs(random()) % "
                            + players + " AS b FROM n");
            statement.executeUpdate("UPDATE trade SET b = 1 + b % " + players + " WHERE a = b");
            statement.executeUpdate("BEGIN");
            statement.executeUpdate("INSERT INTO entry (id, room, fence, at_ms, legs) SELECT 'trade:' || a || '-' ||"
                    + " lower(hex(randomblob(4))) || '-1234-7abc-8def-' || lower(hex(randomblob(6))), 'hall', 1700000000000001,"
                    + " " + Realm.NOW + " + i, a || '>' || b || '|gold=1' FROM trade ORDER BY i");
            statement.executeUpdate(
                    "CREATE TEMP TABLE change AS SELECT player, sum(d) AS d FROM (SELECT a AS player, -1 AS d"
                            + " FROM trade UNION ALL SELECT b, 1 FROM trade) GROUP BY player");
            statement.executeUpdate("UPDATE balance SET count = count + (SELECT d FROM change WHERE change.player ="
                    + " balance.player) WHERE player IN (SELECT player FROM change)");
            statement.executeUpdate("COMMIT");
            statement.executeUpdate("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }
}
