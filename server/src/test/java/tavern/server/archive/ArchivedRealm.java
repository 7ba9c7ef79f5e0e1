package tavern.server.archive;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import tavern.server.store.ArchiveSettings;
import tavern.server.store.LeaseKey;
import tavern.server.store.Realm;
import tavern.server.store.Segment;
import tavern.server.store.Store;
import tavern.server.time.Clocks;

/** Archives a ledger for tests of what is done with an archive. */
public final class ArchivedRealm {
    private ArchivedRealm() {}

    /** Seals all whole segments, and removes the oldest entries. */
    public static void archive(Store store, Path path, int segmentEntries, int removed) {
        long whole = Realm.await(store.ledger("", 100_000)).size() / segmentEntries;
        TakenLeases leases = new TakenLeases(store, "test@127.0.0.1:1");
        ArchiveSettings settings = new ArchiveSettings(path, segmentEntries, 24_000_000, 0);
        try (Archivist archivist =
                Archivist.start(settings, store, store, store, leases, () -> null, Clocks.system(), () -> false)) {
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                archivist.wake();
                return Realm.await(store.newestSegment()).map(Segment::number).orElse(0L) == whole;
            });
        }
        long fence = Realm.await(leases.acquire(LeaseKey.ARCHIVE)).fence();
        while (Realm.await(store.tidy(fence, 500))) {
            // until nothing is left
        }
        Realm.await(store.removeEntries(fence, whole, 0, Long.MAX_VALUE, removed));
    }
}
