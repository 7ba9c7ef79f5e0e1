package tavern.server.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.services.RedisProcess;
import tavern.server.services.TcpProxy;
import tavern.server.store.CheckpointDigest;
import tavern.server.store.CheckpointPage;
import tavern.server.store.ForeignValueException;
import tavern.server.store.LeaseKey;
import tavern.server.store.LedgerEntry;
import tavern.server.store.Realm;
import tavern.server.store.Segment;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.redis.RedisStore;

/** The archive of a store in Redis. */
final class RedisArchiveIT extends ArchiveContract {
    private static final AtomicInteger realms = new AtomicInteger();

    @TempDir
    private static Path redisFolder;

    private static RedisProcess redis;

    @BeforeAll
    static void startRedis() throws Exception {
        redis = RedisProcess.start(redisFolder);
    }

    @AfterAll
    static void stopRedis() throws Exception {
        redis.close();
    }

    @Override
    Store open() {
        return open(redis.uri());
    }

    private static Store open(String uri) {
        StoreSettings settings = new StoreSettings(
                StoreSettings.Kind.REDIS,
                Path.of("unused"),
                1_000,
                1_000,
                0,
                StoreSettings.OUTCOMES_KEPT_DAYS,
                new StoreSettings.Redis(uri, false, 5_000, 0));
        return RedisStore.open(settings, "realm" + realms.incrementAndGet(), true);
    }

    /** A master whose replica takes its place without what was written last. */
    private final class FailingOver implements AutoCloseable {
        private final RedisProcess master = RedisProcess.start(root.resolve("master"));
        private final RedisProcess replica = RedisProcess.start(
                root.resolve("replica"), "--replicaof", "127.0.0.1", Integer.toString(master.port()));
        private final TcpProxy address = TcpProxy.to(master.port());

        FailingOver() throws Exception {}

        String uri() {
            return "redis://127.0.0.1:" + address.port();
        }

        /** From now on the replica gets nothing. */
        void cutOff() throws Exception {
            await("the replica to have everything")
                    .atMost(PATIENCE)
                    .until(() -> offset(replica).equals(offset(master)));
            replica.ask("REPLICAOF", "NO", "ONE");
        }

        private static String offset(RedisProcess process) throws Exception {
            return process.ask("INFO", "replication")
                    .lines()
                    .filter(line -> line.startsWith("master_repl_offset:"))
                    .findFirst()
                    .orElseThrow();
        }

        void failOver() throws Exception {
            address.leadTo(replica.port());
            master.kill();
            await("the new master")
                    .atMost(PATIENCE)
                    .until(() -> Realm.await(store.newestSegment().handle((found, failure) -> failure == null)));
        }

        @Override
        public void close() throws Exception {
            address.close();
            replica.close();
            master.close();
        }
    }

    private void use(FailingOver redises) {
        store.close();
        store = open(redises.uri());
        realm = new Realm(store);
        ann = realm.open("ann", "gold", 1_000);
        bob = realm.open("bob", "potion", 1_000);
    }

    @Test
    void theFileOfASealThatAFailOverLostIsTakenAsItIs() throws Exception {
        try (FailingOver redises = new FailingOver()) {
            use(redises);
            play(4);
            try (Archivist archivist = archivist(store, 0)) {
                awaitSealed(archivist, 1);
            }
            play(4);
            redises.cutOff();
            try (Archivist archivist = archivist(store, 0)) {
                awaitSealed(archivist, 2);
            }
            Segment second = Realm.await(store.newestSegment()).orElseThrow();
            byte[] file = Files.readAllBytes(folder.file(2));
            redises.failOver();
            assertThat(sealed()).isEqualTo(1);
            play(8);
            // Another size, so that the file says where the segment ends.
            try (Archivist archivist = archivist(store, 3, 0, new TakenLeases(store, "two@127.0.0.1:2"))) {
                awaitSealed(archivist, 4);
                assertThat(archivist.trouble()).isNull();
            }
            assertThat(Realm.await(store.segments(1, 1))).containsExactly(second);
            assertThat(Files.readAllBytes(folder.file(2))).isEqualTo(file);
            assertThat(faults()).isEmpty();
            store.close();
            store = open();
            path = Files.createDirectory(root.resolve("empty"));
            folder = new ArchiveFolder(path);
        }
    }

    @Test
    void aFileWhoseEntriesAFailOverLostIsReportedAndIsInNobodysWayOnceItWasMoved() throws Exception {
        try (FailingOver redises = new FailingOver()) {
            use(redises);
            redises.cutOff();
            play(4);
            try (Archivist archivist = archivist(store, 0)) {
                awaitSealed(archivist, 1);
            }
            redises.failOver();
            assertThat(sealed()).isZero();
            play(8);
            try (Archivist archivist = archivist(store, 0)) {
                await().atMost(PATIENCE).until(() -> {
                    archivist.wake();
                    return archivist.trouble() != null;
                });
                assertThat(archivist.trouble()).contains("of another ledger", "move it");
                assertThat(sealed()).isZero();
            }
            Files.move(folder.file(1), root.resolve("moved"));
            try (Archivist archivist = archivist(store, 0)) {
                awaitSealed(archivist, 2);
            }
            assertThat(faults()).isEmpty();
            store.close();
            store = open();
            path = Files.createDirectory(root.resolve("empty"));
            folder = new ArchiveFolder(path);
        }
    }

    /** Damage of one kind after the other, each of which is undone before the next one. */
    @Test
    void whateverIsDamagedInRedisIsFound() throws Exception {
        String tag = "{realm" + realms.get() + "}:";
        play(20);
        try (Archivist archivist = archivist(store, 0)) {
            awaitSealed(archivist, ledger().size() / SEGMENT);
            // Until then a row that waits for its place hides what is damaged there, rightly.
            await("the rows of the last segment to be in their places")
                    .atMost(PATIENCE)
                    .until(() ->
                            redis.ask("HEXISTS", tag + "segments", "moving").equals("0"));
        }
        long fence = Realm.await(new TakenLeases(store, "two@127.0.0.1:2").acquire(LeaseKey.ARCHIVE))
                .fence();
        assertThat(Realm.await(store.removeEntries(fence, 2, 0, System.currentTimeMillis(), SEGMENT * 3 / 2))
                        .removed())
                .isEqualTo(SEGMENT * 3 / 2);
        assertThat(faults()).isEmpty();
        long seed = 11;
        Random chance = new Random(seed);
        for (int i = 0; i < 60; i++) {
            String[] damage = damage(i % 8, tag, chance);
            redis.ask("COPY", damage[1], tag + "undamaged", "REPLACE");
            redis.ask(damage);
            assertThat(isFound()).as("%s, seed %s", List.of(damage), seed).isTrue();
            redis.ask("COPY", tag + "undamaged", damage[1], "REPLACE");
            redis.ask("DEL", tag + "undamaged");
        }
    }

    /** @return a command */
    private String[] damage(int kind, String tag, Random chance) throws Exception {
        List<LedgerEntry> entries = ledger();
        String entry = entries.get(chance.nextInt(entries.size())).position();
        String number = Long.toString(1 + chance.nextLong(sealed()));
        String record = redis.ask("HGET", tag + "segments", number);
        int at = chance.nextInt(record.length());
        List<String> buckets =
                redis.ask("KEYS", tag + "checkpoint:*").lines().sorted().toList();
        String bucket = buckets.get(chance.nextInt(buckets.size()));
        List<String> rows = redis.ask("HKEYS", bucket).lines().sorted().toList();
        String row = rows.get(chance.nextInt(rows.size()));
        return switch (kind) {
            case 0 -> new String[] {"XDEL", tag + "entries", entry};
            case 1 -> new String[] {"HDEL", bucket, row};
            case 2 -> new String[] {"HSET", bucket, row, redis.ask("HGET", bucket, row) + chance.nextInt(10)};
            case 3 ->
                new String[] {
                    "HSET",
                    tag + "segments",
                    number,
                    record.substring(0, at) + (char) (record.charAt(at) ^ 1) + record.substring(at + 1)
                };
            case 4 -> new String[] {"HDEL", tag + "segments", number};
            case 5 -> new String[] {"HSET", tag + "segments", "removed", entry};
            case 6 -> new String[] {"HSET", tag + "segments", "newest", Long.toString(sealed() - 1)};
            default -> new String[] {"HINCRBY", tag + "player:1", "s:gold", "1"};
        };
    }

    private boolean isFound() throws Exception {
        try {
            return !faults().isEmpty();
        } catch (CompletionException e) {
            return e.getCause() instanceof ForeignValueException;
        }
    }

    @Test
    void whoeverReadsTheCheckpointMeanwhileGetsAllOfASegmentOrIsTold() {
        play(30);
        try (Archivist archivist = archivist(store, 2, 0, new TakenLeases(store, "test@127.0.0.1:1"))) {
            long newest = ledger().size() / 2;
            int read = 0;
            while (sealed() < newest) {
                archivist.wake();
                Segment segment = Realm.await(store.newestSegment()).orElse(null);
                if (segment != null && isReadWhole(segment)) {
                    read++;
                }
            }
            assertThat(read).isPositive();
        }
    }

    /** @return false when another segment was sealed meanwhile */
    private boolean isReadWhole(Segment segment) {
        CheckpointDigest digest = CheckpointDigest.empty();
        CheckpointPage page;
        String next = "";
        do {
            page = Realm.await(store.checkpoint(next, 1));
            if (page.segment() != segment.number()) {
                return false;
            }
            page.rows().forEach(digest::add);
            next = page.next();
        } while (!next.isEmpty());
        assertThat(digest.text()).isEqualTo(segment.digest());
        return true;
    }
}
