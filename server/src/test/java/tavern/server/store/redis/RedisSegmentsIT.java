package tavern.server.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.Realm.await;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.PlayerId;
import tavern.server.services.RedisProcess;
import tavern.server.store.CheckpointRow;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseKey;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerLine;
import tavern.server.store.Realm;
import tavern.server.store.Removal;
import tavern.server.store.Segment;
import tavern.server.store.SegmentDraft;
import tavern.server.store.SegmentStore;
import tavern.server.store.Store;

/** How Redis keeps segments and the checkpoint, and what becomes of its memory. */
final class RedisSegmentsIT {
    private static final long DAY = 86_400_000;

    private static int realms;

    @TempDir
    private static Path folder;

    private static RedisProcess redis;

    private final String name = "realm" + realms++;
    private final String tag = "{" + name + "}:";
    private RedisStore store;

    @BeforeAll
    static void startRedis() throws Exception {
        redis = RedisProcess.start(folder);
    }

    @AfterAll
    static void stopRedis() throws Exception {
        redis.close();
    }

    @BeforeEach
    void open() {
        store = RedisStore.open(RedisStoreIT.settings(redis.uri()), name, false);
    }

    @AfterEach
    void close() {
        store.close();
    }

    static long fence(Store store) {
        LeaseAnswer answer = await(store.acquireLease(LeaseKey.ARCHIVE, "test@127.0.0.1:1", 60_000));
        return ((LeaseAnswer.Granted) answer).fence();
    }

    /** Grants of one gold, as the script writes them. */
    private void addEntries(int count, long atMillis) throws Exception {
        String script = "for i = 1, ARGV[1] do redis.call('XADD', KEYS[1], '*', 'id', 'grant:' .. i, 'room', '',"
                + " 'fence', '', 'at', ARGV[2], 'legs', 'mint:ops>1|gold=1') end"
                + " redis.call('HINCRBY', KEYS[2], 's:gold', ARGV[1]) return 1";
        redis.ask(
                "EVAL",
                script,
                "2",
                tag + "entries",
                tag + "player:1",
                Integer.toString(count),
                Long.toString(atMillis));
    }

    private long memory(String key) throws Exception {
        return Long.parseLong(redis.ask("MEMORY", "USAGE", tag + key, "SAMPLES", "0"));
    }

    private static int removeAll(Store store, long fence, long through, long nowMillis) {
        int removed = 0;
        Removal step;
        do {
            step = await(store.removeEntries(fence, through, 0, nowMillis, 10_000));
            assertThat(step.removed()).as("in one call of Redis").isLessThanOrEqualTo(500);
            removed += step.removed();
        } while (step.more());
        return removed;
    }

    @Test
    void memoryFallsAsEntriesLeave() throws Exception {
        new Realm(store).open("ann", "gold", 1);
        addEntries(4_000, NOW);
        long full = memory("entries");
        long fence = fence(store);
        for (int i = 0; i < 8; i++) {
            SegmentDraft.sealNext(store, fence, 500);
        }
        assertThat(removeAll(store, fence, 4, NOW + DAY)).isEqualTo(2_000);
        assertThat(memory("entries")).isBetween(full * 45 / 100, full * 55 / 100);
        assertThat(removeAll(store, fence, 9, NOW + DAY)).isEqualTo(2_000);
        assertThat(memory("entries")).isLessThan(full / 20);
        assertThat(Realm.check(store).differences()).isEmpty();
    }

    /** What frees memory must not need any. */
    @Test
    void entriesLeaveAlsoWhenTheMemoryIsFull() throws Exception {
        open();
        new Realm(store).open("ann", "gold", 1);
        addEntries(40, NOW);
        long fence = fence(store);
        SegmentDraft.sealNext(store, fence, 20);
        redis.ask("CONFIG", "SET", "maxmemory", "1");
        try {
            Map<LeaseKey, Long> held = Map.of(LeaseKey.ARCHIVE, fence);
            assertThat(await(store.renewLeases(held, "test@127.0.0.1:1", 60_000)))
                    .as("leases that were lost")
                    .isEmpty();
            assertThat(removeAll(store, fence, 1, NOW + DAY)).isEqualTo(20);
        } finally {
            redis.ask("CONFIG", "SET", "maxmemory", "0");
        }
        assertThat(Realm.check(store).differences()).isEmpty();
    }

    /** As one may be that goes on with a page of a realm that was set back meanwhile. */
    @Test
    void aPageFromABucketBeyondTheLastOneHasAnEnd() {
        open();
        new Realm(store).open("ann", "gold", 1);
        SegmentDraft.sealNext(store, fence(store), 20);
        String next = "99";
        for (int pages = 0; !next.isEmpty(); pages++) {
            assertThat(pages).isLessThan(20);
            next = await(store.checkpoint(next, 100)).next();
        }
    }

    /** A clock that is ahead removes nothing too early, whichever of the two it is. */
    @Test
    void theClockThatIsBehindSaysHowOldAnEntryIs() throws Exception {
        new Realm(store).open("ann", "gold", 1);
        long now = System.currentTimeMillis();
        addEntries(2, now);
        long fence = fence(store);
        SegmentDraft.sealNext(store, fence, 2);
        assertThat(await(store.removeEntries(fence, 9, DAY, now + 99 * DAY, 10)).removed())
                .as("the caller is ahead")
                .isZero();
        assertThat(await(store.removeEntries(fence, 9, 0, now - DAY, 10)).removed())
                .as("Redis is ahead")
                .isZero();
        assertThat(await(store.removeEntries(fence, 9, -DAY, now + 1, 10)).removed())
                .isEqualTo(2);
    }

    @Test
    void whatIsRememberedOfSegmentsHasAnEnd() throws Exception {
        new Realm(store).open("ann", "gold", 1);
        addEntries(40, NOW);
        long fence = fence(store);
        for (int i = 0; i < 4; i++) {
            SegmentDraft.sealNext(store, fence, 10);
        }
        // As if there were a thousand more, the last of which is the newest.
        Segment last = await(store.newestSegment()).orElseThrow();
        String script = "for i = 5, tonumber(ARGV[2]) do redis.call('HSET', KEYS[1], i, ARGV[1]) end"
                + " redis.call('HSET', KEYS[1], 'newest', ARGV[2]) return 1";
        long newest = SegmentStore.REMOVED_KEPT + 3;
        redis.ask("EVAL", script, "1", tag + "segments", last.text() + " " + last.hash(), Long.toString(newest));
        assertThat(await(store.removeEntries(fence, 2, 0, NOW + DAY, 100)).removed())
                .isEqualTo(20);
        assertThat(remembered(1, 2)).as("their entries are gone").isEqualTo("0 0");
        assertThat(remembered(3, 4)).isEqualTo("1 1");
        assertThat(await(store.removeEntries(fence, 3, 0, NOW + DAY, 100)).removed())
                .isEqualTo(10);
        assertThat(remembered(3, 4)).isEqualTo("0 1");
        assertThat(await(store.segments(0, 1))).containsExactly(last);
    }

    private String remembered(int segment, int next) throws Exception {
        return redis.ask("HEXISTS", tag + "segments", Integer.toString(segment)) + " "
                + redis.ask("HEXISTS", tag + "segments", Integer.toString(next));
    }

    /** Whose entries have another form, and tell the kinds of items only once. */
    @Test
    void aRealmOfSchema1IsSealedAndItsLinesStayTheSameWhenItsTradesAreForgotten() throws Exception {
        SchemaOneRealm.write(redis, "old");
        try (Store old = RedisStore.open(RedisStoreIT.settings(redis.uri()), "old", false)) {
            List<LedgerEntry> entries = await(old.ledger("", 100));
            List<String> lines = entries.stream().map(LedgerLine::of).toList();
            assertThat(lines)
                    .allSatisfy(line ->
                            assertThat(LedgerLine.of(LedgerLine.parse(line))).isEqualTo(line));
            long fence = fence(old);
            SegmentDraft.sealNext(old, fence, 2);
            SegmentDraft.sealNext(old, fence, 100);
            assertThat(SegmentDraft.valuesOf(SegmentDraft.allRows(old)))
                    .containsEntry("1 gold", "78")
                    .containsEntry("2 gold", "30")
                    .containsEntry("#5", "1 bow");
            while (await(old.forgetOutcomes(0, System.currentTimeMillis(), 100))) {}
            assertThat(redis.ask("EXISTS", "{old}:trades:1")).isEqualTo("0");
            assertThat(await(old.ledger("", 100)).stream().map(LedgerLine::of)).isEqualTo(lines);
            assertThat(removeAll(old, fence, 9, NOW + DAY)).isEqualTo(entries.size() - 1);
            assertThat(Realm.check(old).differences()).isEmpty();
        }
    }

    @Test
    void theCheckpointIsFoundByKeyAndByPageWhereverItsBucketsAre() throws Exception {
        Realm realm = new Realm(store);
        for (int i = 0; i < 40; i++) {
            realm.open("player" + i, "gold", 1 + i);
            realm.give(
                    new Mint("mint:" + i),
                    await(store.findPlayer("player" + i)).orElseThrow().player(),
                    Goods.of("pearl", 5));
        }
        redis.ask("HSET", tag + "meta", "item", "1000");
        realm.item(await(store.findPlayer("player7")).orElseThrow().player(), "bow");
        long fence = fence(store);
        SegmentDraft.sealNext(store, fence, 1_000);
        Map<String, String> rows = SegmentDraft.valuesOf(SegmentDraft.allRows(store));
        assertThat(rows)
                .hasSize(40 + 40 + 40 + 1 + 1 + 1)
                .containsEntry("40 gold", "40")
                .containsEntry("#1001", "8 bow")
                .containsEntry("mint:ops #", "-1")
                .containsEntry("mint:mint:39 pearl", "-5");
        assertThat(await(store.checkpointed(rows.keySet()))).isEqualTo(rows);
        assertThat(redis.ask("HGET", tag + "checkpoint:2", CheckpointRow.keyOfCount(new PlayerId(40), "gold")))
                .isEqualTo("40");
        assertThat(redis.ask("OBJECT", "ENCODING", tag + "checkpoint:0"))
                .as("kept compactly")
                .isEqualTo("listpack");
    }
}
