package tavern.server.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static tavern.server.store.Realm.EVENT;
import static tavern.server.store.Realm.wish;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.Player;
import tavern.server.books.Books;
import tavern.server.store.ArchiveSettings;
import tavern.server.store.CheckpointPage;
import tavern.server.store.CheckpointRow;
import tavern.server.store.EntriesRemovedException;
import tavern.server.store.Grant;
import tavern.server.store.LeaseKey;
import tavern.server.store.LedgerEntry;
import tavern.server.store.Realm;
import tavern.server.store.Segment;
import tavern.server.store.Store;
import tavern.server.store.StoreUnavailableException;
import tavern.server.time.ClockTrust;
import tavern.server.time.Clocks;
import tavern.server.time.SetClocks;

/** How the ledger of any store moves to the archive. */
abstract class ArchiveContract {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    static final int SEGMENT = 10;
    private static final int KEPT_DAYS = 30;

    /** Longer than the entries' age. */
    private static final int LONG_HOURS = 1_000_000;

    @TempDir
    Path root;

    final SetClocks clocks = new SetClocks(System.currentTimeMillis());
    Path path;
    ArchiveFolder folder;
    Store store;
    Realm realm;
    Player ann;
    Player bob;

    /** A new, empty store. */
    abstract Store open() throws Exception;

    @BeforeEach
    void openStore() throws Exception {
        path = Files.createDirectory(root.resolve("archive"));
        folder = new ArchiveFolder(path);
        store = open();
        realm = new Realm(store);
        ann = realm.open("ann", "gold", 1_000);
        bob = realm.open("bob", "potion", 1_000);
    }

    @AfterEach
    void everythingIsAccountedForThenClose() throws Exception {
        assertThat(faults()).isEmpty();
        store.close();
    }

    final List<String> faults() throws IOException {
        List<String> faults = new ArrayList<>(
                ArchiveCheck.of(folder, root, store, Realm::await).faults());
        faults.addAll(Realm.check(store).differences());
        return faults;
    }

    final Archivist archivist(Store port, int keptDays) {
        return archivist(port, SEGMENT, keptDays, new TakenLeases(store, "test@127.0.0.1:1"));
    }

    final Archivist archivist(Store port, int entries, int keptDays, TakenLeases leases) {
        return archivist(port, new ArchiveSettings(path, entries, LONG_HOURS, keptDays), leases);
    }

    private Archivist archivist(Store port, ArchiveSettings settings, TakenLeases leases) {
        return Archivist.start(
                settings,
                port,
                port,
                port,
                leases,
                () -> null,
                clocks.clocks(),
                new ClockTrust(clocks.clocks())::isTrusted);
    }

    /** What it wrote under a mount point would be hidden once the disk is mounted, and missed before. */
    @Test
    void aFolderWhoseParentIsMissingIsNotCreated() {
        Path unmounted = root.resolve("unmounted/archive");
        try (Archivist archivist = archivist(
                store,
                new ArchiveSettings(unmounted, SEGMENT, LONG_HOURS, KEPT_DAYS),
                new TakenLeases(store, "test@127.0.0.1:1"))) {
            await().until(() -> String.valueOf(archivist.trouble()).contains("its parent folder is missing"));
        }
        assertThat(unmounted.getParent()).doesNotExist();
    }

    /** Moves gold, potions and items about; each call is three entries. */
    final void play(int times) {
        for (int i = 0; i < times; i++) {
            long bow = realm.item(ann, "bow");
            realm.settle(wish(ann, bob, new Goods(new TreeMap<>(), new TreeSet<>(Set.of(bow))), Goods.of("potion", 1)));
            Grant fine = new Grant(new TreeMap<>(), List.of(), new TreeSet<>(i % 2 == 0 ? Set.of(bow) : Set.of()));
            if (i % 2 == 0) {
                Realm.await(Realm.grant(store, bob.id(), fine, "fine-" + Realm.newUuid(), Realm.NOW));
            } else {
                realm.give(new Mint("shop"), bob, Goods.of("gold", 5));
            }
        }
    }

    final long sealed() {
        return Realm.await(store.newestSegment()).map(Segment::number).orElse(0L);
    }

    final List<LedgerEntry> ledger() {
        return Realm.await(store.ledger("", 10_000));
    }

    final void awaitSealed(Archivist archivist, long number) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            archivist.wake();
            return sealed() >= number;
        });
    }

    @Test
    void whatIsSealedIsInTheArchiveAndLeavesTheStore() throws Exception {
        play(20);
        int before = ledger().size();
        try (Archivist archivist = archivist(store, KEPT_DAYS)) {
            awaitSealed(archivist, before / SEGMENT);
            assertThat(ledger()).hasSize(before);
            clocks.turn(ClockTrust.PROOF_MILLIS);
            await().atMost(PATIENCE).until(() -> {
                archivist.wake();
                return ledger().size() == Math.max(1, before % SEGMENT);
            });
            assertThat(archivist.trouble()).isNull();
        }
        assertThat(folder.segments()).hasSize(before / SEGMENT);
        String removed = Realm.await(store.removedThrough());
        assertThat(removed).isNotEmpty();
        assertThat(Realm.await(store.ledger(removed, 100))).hasSize(ledger().size());
        Segment first = Realm.await(store.segments(0, 1)).get(0);
        assertThatThrownBy(() -> Realm.await(store.ledger(first.first(), 100)))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(EntriesRemovedException.class)
                .hasMessageContaining("archive");
        // Numbers of entries go on, and what was archived is not needed to go on trading.
        play(1);
        assertThat(faults()).isEmpty();
    }

    @Test
    void theCheckpointIsWhatEverybodyHas() {
        play(20);
        try (Archivist archivist = archivist(store, 0)) {
            awaitSealed(archivist, ledger().size() / SEGMENT);
        }
        SortedMap<String, String> all = new TreeMap<>();
        String from = "";
        do {
            CheckpointPage page = Realm.await(store.checkpoint(from, 3));
            for (CheckpointRow row : page.rows()) {
                assertThat(all.put(row.key(), row.value())).as(row.key()).isNull();
            }
            assertThat(page.names().values())
                    .allMatch(name -> Set.of("ann", "bob").contains(name));
            from = page.next();
        } while (!from.isEmpty());
        assertThat(all).containsKeys(ann.id() + " gold", bob.id() + " potion", "mint:ops #", "mint:starter gold");
        assertThat(Realm.await(store.checkpointed(List.of(ann.id() + " gold", "1 nothing"))))
                .containsExactly(Map.entry(ann.id() + " gold", String.valueOf(all.get(ann.id() + " gold"))));
        assertThat(all).doesNotContainValue("0");
    }

    @Test
    void nothingLeavesTheStoreBeforeItsTimeByEitherClock() throws Exception {
        play(4);
        try (Archivist archivist = archivist(store, 0)) {
            awaitSealed(archivist, 1);
        }
        int before = ledger().size();
        long fence = fence();
        long now = System.currentTimeMillis();
        long age = now - Realm.NOW;
        long kept = age + Duration.ofDays(1).toMillis();
        assertThat(Realm.await(store.removeEntries(fence, 9, kept, now + 10 * kept, 100))
                        .removed())
                .as("only the caller's clock says so")
                .isZero();
        assertThat(Realm.await(store.removeEntries(fence, 9, age / 2, Realm.NOW, 100))
                        .removed())
                .as("only the store's clock says so")
                .isZero();
        assertThat(Realm.await(store.removeEntries(fence, 0, 0, now, 100)).removed())
                .isZero();
        assertThat(Realm.await(store.removeEntries(fence - 1, 9, 0, now, 100)).removed())
                .isZero();
        assertThat(ledger()).hasSize(before);
        assertThat(Realm.await(store.removeEntries(fence, 9, age / 2, now, 4)).removed())
                .isEqualTo(4);
        assertThat(ledger()).hasSize(before - 4);
    }

    private long fence() {
        return Realm.await(new TakenLeases(store, "test@127.0.0.1:1").acquire(LeaseKey.ARCHIVE))
                .fence();
    }

    @Test
    void rowsUnderAnOldFenceOrForAnotherSegmentDoNothing() {
        play(4);
        long old = fence();
        long fence = fence();
        List<CheckpointRow> rows = List.of(new CheckpointRow("1 gold", "5"));
        assertThat(Realm.await(store.prepare(old, 1, rows))).isFalse();
        assertThat(Realm.await(store.prepare(fence, 2, rows))).isFalse();
        assertThat(Realm.await(store.prepare(fence, 1, rows))).isTrue();
        assertThat(Realm.await(store.checkpointed(List.of("1 gold"))))
                .as("not sealed")
                .isEmpty();
        assertThat(Realm.await(store.checkpoint("", 100)).rows()).isEmpty();
        List<LedgerEntry> entries = ledger();
        String none = Segment.GENESIS;
        Segment two = new Segment(
                1, none, 2, entries.get(0).position(), entries.get(1).position(), 1, none, 2, none, none);
        assertThat(Realm.await(store.seal(fence, two)))
                .as("it changes two rows")
                .isFalse();
        long next = fence();
        assertThat(Realm.await(store.prepare(next, 1, rows))).as("not tidy").isFalse();
        assertThat(Realm.await(store.tidy(fence, 10))).isFalse();
        assertThat(Realm.await(store.prepare(next, 1, rows)))
                .as("still not tidy")
                .isFalse();
        assertThat(Realm.await(store.tidy(next, 10))).isFalse();
        assertThat(Realm.await(store.prepare(next, 1, rows))).isTrue();
        assertThat(Realm.await(store.tidy(next, 10))).isFalse();
        assertThat(sealed()).isZero();
        assertThat(Realm.await(store.checkpointed(List.of("1 gold")))).isEmpty();
    }

    @Test
    void whatTheFeedHasNotPublishedStays() {
        play(3);
        Realm.await(realm.ask(wish(ann, bob, Goods.of("gold", 1), Goods.NONE), EVENT));
        play(4);
        int before = ledger().size();
        clocks.turn(ClockTrust.PROOF_MILLIS);
        ArchiveSettings daily = new ArchiveSettings(path, SEGMENT, 24, KEPT_DAYS);
        try (Archivist archivist = archivist(store, daily, new TakenLeases(store, "test@127.0.0.1:1"))) {
            clocks.turn(ClockTrust.PROOF_MILLIS);
            awaitSealed(archivist, before / SEGMENT);
            await().atMost(PATIENCE).until(() -> {
                archivist.wake();
                return archivist.trouble() != null;
            });
            assertThat(archivist.trouble()).contains("store.ledger-kept-days", "not published");
            assertThat(ledger()).hasSize(before);
            Realm.await(store.removeOutbox(Realm.await(store.outbox(0, 10))));
            await().atMost(PATIENCE).until(() -> {
                archivist.wake();
                return archivist.trouble() == null && ledger().size() < SEGMENT;
            });
        }
    }

    @Test
    void entriesStayInTheStoreWhileTheirFileIsMissing() throws Exception {
        play(20);
        int before = ledger().size();
        Path away = root.resolve("away");
        try (Archivist archivist = archivist(store, KEPT_DAYS)) {
            awaitSealed(archivist, before / SEGMENT);
            Files.move(folder.file(2), away);
            clocks.turn(ClockTrust.PROOF_MILLIS);
            await().atMost(PATIENCE).until(() -> {
                archivist.wake();
                return archivist.trouble() != null;
            });
            assertThat(archivist.trouble()).contains("stay in the store", "segment 2 is sealed", "is missing");
            assertThat(ledger()).hasSize(before);
            Files.move(away, folder.file(2));
            await().atMost(PATIENCE).until(() -> {
                archivist.wake();
                return archivist.trouble() == null && ledger().size() == Math.max(1, before % SEGMENT);
            });
        }
    }

    @Test
    void anEntryDatedInTheFutureThatKeepsOthersIsReported() {
        Grant fine = new Grant(new TreeMap<>(Map.of("gold", 1L)), List.of(), new TreeSet<>());
        Realm.await(Realm.grant(
                store, bob.id(), fine, "early", clocks.clocks().wall().millis() + 3_000_000_000L));
        play(4);
        int before = ledger().size();
        ArchiveSettings daily = new ArchiveSettings(path, SEGMENT, 24, KEPT_DAYS);
        try (Archivist archivist = archivist(store, daily, new TakenLeases(store, "test@127.0.0.1:1"))) {
            clocks.turn(ClockTrust.PROOF_MILLIS);
            await().atMost(PATIENCE).until(() -> {
                archivist.wake();
                return archivist.trouble() != null;
            });
            assertThat(archivist.trouble()).contains("segment 1 has an entry dated 20");
            assertThat(ledger()).hasSize(before);
        }
    }

    @Test
    void booksThatEndWithASegmentAreNoTroubleAndKeepIt() {
        play(4);
        String[] books = {ledger().get(SEGMENT - 2).position()};
        RemovableSegments removable = new RemovableSegments(store, store, () -> books[0]);
        sealSome();
        LedgerEntry oldest = ledger().get(0);
        assertThat(Realm.await(removable.look(Realm.NOW))).isZero();
        assertThat(removable.hindrance(oldest)).contains("books.db");
        books[0] = ledger().get(SEGMENT - 1).position();
        assertThat(Realm.await(removable.look(Realm.NOW))).isZero();
        assertThat(removable.hindrance(oldest)).isNull();
        books[0] = ledger().get(SEGMENT).position();
        assertThat(Realm.await(removable.look(Realm.NOW))).isEqualTo(1);
    }

    @Test
    void aServerThatCannotWriteLeavesTheArchiveToAnother() throws Exception {
        play(4);
        Path file = Files.writeString(root.resolve("file"), "");
        ArchiveSettings bad = new ArchiveSettings(file, SEGMENT, LONG_HOURS, 0);
        try (Archivist one = archivist(store, bad, new TakenLeases(store, "one@127.0.0.1:1"))) {
            await().atMost(PATIENCE).until(() -> one.trouble() != null);
            assertThat(one.trouble()).contains("in " + file + ": FileAlreadyExistsException");
            try (Archivist two = archivist(store, SEGMENT, 0, new TakenLeases(store, "two@127.0.0.1:2"))) {
                // Sooner than the lease ends by itself.
                await().atMost(Duration.ofSeconds(30)).until(() -> {
                    two.wake();
                    return sealed() >= 1;
                });
            }
        }
    }

    @Test
    void onlyWhatCrashesHaveLeftIsRemoved() throws Exception {
        Files.createDirectories(path);
        Path others = Files.writeString(path.resolve("film.part"), "");
        Path left = Files.writeString(folder.part(7), "");
        sealSome();
        assertThat(others).exists();
        assertThat(left).doesNotExist();
    }

    @Test
    void aFileOfAnotherLedgerIsNoticedBeforeTheStoreIsAskedForValues() throws Exception {
        sealSome();
        play(8);
        List<LedgerEntry> all = ledger();
        SegmentWriter writer = new SegmentWriter(
                folder.file(2), 2, Segment.GENESIS, all.get(SEGMENT - 1).position());
        writer.add(all.get(SEGMENT));
        writer.finish(List.of(), Segment.GENESIS);
        Set<String> asked = ConcurrentHashMap.newKeySet();
        Store noting = proxy((method, call) -> {
            asked.add(method);
            return call.call();
        });
        try (Archivist archivist = archivist(noting, 0)) {
            await().atMost(PATIENCE).until(() -> archivist.trouble() != null);
            assertThat(archivist.trouble()).contains("000000000002.segment is of another ledger");
        }
        assertThat(asked).contains("ledger").doesNotContain("checkpointed", "prepare");
        Files.delete(folder.file(2));
    }

    @Test
    void aSegmentIsSealedByItsAgeToo() {
        play(1);
        ArchiveSettings daily = new ArchiveSettings(path, 1_000, 24, 0);
        try (Archivist archivist = archivist(store, daily, new TakenLeases(store, "test@127.0.0.1:1"))) {
            awaitSealed(archivist, 1);
        }
        assertThat(Realm.await(store.newestSegment()).orElseThrow().entries()).isEqualTo(ledger().size());
    }

    /** Each call of the store fails in turn, before or after it has done its work, and with it the archivist ends. */
    @Test
    void aCrashBetweenAnyTwoStepsLosesNothing() throws Exception {
        for (int calls = 0; calls < 20; calls++) {
            play(2);
            AtomicInteger left = new AtomicInteger(calls / 2);
            boolean isDone = calls % 2 == 1;
            CompletableFuture<Void> crash = new CompletableFuture<>();
            Store crashing = proxy((method, call) -> {
                if (left.getAndDecrement() > 0) {
                    return call.call();
                }
                if (isDone && left.get() == -1) {
                    ((CompletionStage<?>) call.call()).whenComplete((answer, failure) -> crash.complete(null));
                } else {
                    crash.complete(null);
                }
                return CompletableFuture.failedFuture(new StoreUnavailableException("crashed", 1));
            });
            clocks.turn(ClockTrust.PROOF_MILLIS);
            try (Archivist archivist = archivist(crashing, SEGMENT / 3, KEPT_DAYS, new TakenLeases(store, "a@b:1"))) {
                Realm.await(crash);
            }
            assertThat(faults()).as("crash after %s calls", calls / 2.0).isEmpty();
        }
        try (Archivist archivist = archivist(store, SEGMENT, KEPT_DAYS, new TakenLeases(store, "a@b:1"))) {
            play(5);
            awaitSealed(archivist, sealed() + 1);
        }
        try (Stream<Path> files = Files.list(path)) {
            assertThat(files).allMatch(file -> file.toString().endsWith(".segment"));
        }
    }

    interface Call {
        Object call() throws Exception;
    }

    interface Interceptor {
        Object on(String method, Call call) throws Exception;
    }

    final Store proxy(Interceptor interceptor) {
        return (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                    try {
                        return interceptor.on(method.getName(), () -> method.invoke(store, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void ofTwoArchivistsThatBelieveToBeTheOnlyOneOneSeals() throws Exception {
        try (Archivist one = archivist(store, SEGMENT, KEPT_DAYS, new TakenLeases(store, "one@127.0.0.1:1"));
                Archivist two = archivist(store, SEGMENT, KEPT_DAYS, new TakenLeases(store, "two@127.0.0.1:2"))) {
            for (int i = 0; i < 10; i++) {
                play(4);
                one.wake();
                two.wake();
            }
            await().atMost(PATIENCE).until(() -> {
                one.wake();
                two.wake();
                return sealed() >= 10;
            });
        }
        assertThat(folder.segments()).hasSizeGreaterThanOrEqualTo(10);
    }

    @Test
    void aFileOfAnotherLedgerIsNeitherReplacedNorTaken() throws Exception {
        play(4);
        Files.createDirectories(path);
        SegmentWriter writer = new SegmentWriter(
                folder.file(1), 1, Segment.GENESIS, ledger().get(0).position());
        writer.add(ledger().get(1));
        writer.finish(List.of(), Segment.GENESIS);
        byte[] foreign = Files.readAllBytes(folder.file(1));
        try (Archivist archivist = archivist(store, 0)) {
            await().atMost(PATIENCE).until(() -> archivist.trouble() != null);
            assertThat(archivist.trouble()).contains("000000000001.segment is of another ledger", "move it");
            assertThat(sealed()).isZero();
            assertThat(Files.readAllBytes(folder.file(1))).isEqualTo(foreign);
            Files.delete(folder.file(1));
        }
        try (Archivist archivist = archivist(store, 0)) {
            awaitSealed(archivist, 1);
        }
    }

    private void sealSome() {
        play(4);
        try (Archivist archivist = archivist(store, 0)) {
            awaitSealed(archivist, sealed() + 1);
        }
    }

    /** With the first call of each kind, the ledger grows, is sealed, and loses entries. */
    @Test
    void nothingSealedOrRemovedMeanwhileIsAFaultForACheck() throws Exception {
        for (int i = 0; i < 6; i++) {
            sealSome();
        }
        Set<String> met = new TreeSet<>();
        Store changing = proxy((method, call) -> {
            if (met.add(method)) {
                sealSome();
                assertThat(Realm.await(store.removeEntries(fence(), 5, 0, Long.MAX_VALUE, 7))
                                .removed())
                        .isEqualTo(7);
            }
            return call.call();
        });
        assertThat(Realm.check(changing).differences()).isEmpty();
        assertThat(met).contains("newestSegment", "checkpoint", "removedThrough", "segments", "ledger", "holdings");
    }

    @Test
    void nothingRemovedMeanwhileIsAFaultForAVerification() throws Exception {
        play(100);
        try (Archivist archivist = archivist(store, 0)) {
            awaitSealed(archivist, 29);
        }
        AtomicInteger removals = new AtomicInteger();
        Store changing = proxy((method, call) -> {
            if (method.equals("segments") && removals.incrementAndGet() <= 2 || method.equals("ledger")) {
                Realm.await(store.removeEntries(fence(), 20, 0, Long.MAX_VALUE, 17));
            }
            return call.call();
        });
        assertThat(ArchiveCheck.of(folder, root, changing, Realm::await).faults())
                .isEmpty();
        assertThat(removals.get()).isGreaterThan(20);
    }

    @Test
    void theArchiveIsSearchedPieceByPiece() {
        play(20);
        long bow = realm.item(ann, "bow");
        realm.settle(wish(ann, bob, Goods.ofItem(bow), Goods.NONE));
        realm.settle(wish(bob, ann, Goods.ofItem(bow), Goods.NONE));
        int before = ledger().size();
        List<String> all = ledger().stream().map(LedgerEntry::position).toList();
        try (Archivist archivist = archivist(store, 1, 0, new TakenLeases(store, "test@127.0.0.1:1"));
                ArchiveSearch search = new ArchiveSearch(path, clocks.monotonic())) {
            awaitSealed(archivist, before);
            assertThat(positions(search, entry -> true, 7)).isEqualTo(all);
            assertThat(positions(search, entry -> has(bow, entry), 2)).isEqualTo(all.subList(before - 3, before));
        }
    }

    @Test
    void aSearchThatMeetsAMissingFileGivesOutWhatItFoundBefore() throws Exception {
        play(2);
        List<String> all = ledger().stream().map(LedgerEntry::position).toList();
        Path away = root.resolve("away");
        try (Archivist archivist = archivist(store, 1, 0, new TakenLeases(store, "test@127.0.0.1:1"));
                ArchiveSearch search = new ArchiveSearch(path, clocks.monotonic())) {
            awaitSealed(archivist, all.size());
            Files.move(folder.file(3), away);
            ArchiveSearch.Page page = Realm.await(search.find(entry -> true, null, 100));
            assertThat(page.entries()).hasSize(all.size() - 3);
            assertThat(page.next()).isEqualTo(new ArchiveSearch.Next(3, 0));
            assertThatThrownBy(() -> Realm.await(search.find(entry -> true, page.next(), 100)))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(IOException.class)
                    .hasMessageContaining("segment 3 is missing");
        }
        Files.move(away, folder.file(3));
    }

    @Test
    void aSegmentOfManyMatchesIsGivenOutInPages() {
        play(10);
        List<String> all = ledger().stream().map(LedgerEntry::position).toList();
        try (Archivist archivist = archivist(store, all.size(), 0, new TakenLeases(store, "test@127.0.0.1:1"));
                ArchiveSearch search = new ArchiveSearch(path, clocks.monotonic())) {
            awaitSealed(archivist, 1);
            assertThat(positions(search, entry -> true, 5)).isEqualTo(all);
        }
    }

    @Test
    void aSearchAnswersAfterHalfASecondAndIsDroppedWhenNobodyWaits() {
        play(2);
        int before = ledger().size();
        try (Archivist archivist = archivist(store, 1, 0, new TakenLeases(store, "test@127.0.0.1:1"));
                ArchiveSearch search = new ArchiveSearch(path, clocks.monotonic())) {
            awaitSealed(archivist, before);
            ArchiveSearch.Page page = Realm.await(search.find(
                    entry -> {
                        clocks.turn(Duration.ofMillis(300));
                        return true;
                    },
                    null,
                    100));
            assertThat(page.entries()).hasSize(2);
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch goesOn = new CountDownLatch(1);
            AtomicInteger read = new AtomicInteger();
            CompletableFuture<ArchiveSearch.Page> abandoned = search.find(
                    entry -> {
                        read.incrementAndGet();
                        begun.countDown();
                        return isOver(goesOn);
                    },
                    null,
                    100);
            CompletableFuture<ArchiveSearch.Page> waiting = search.find(entry -> read.incrementAndGet() > 0, null, 100);
            assertThat(isOver(begun)).isTrue();
            abandoned.cancel(false);
            waiting.cancel(false);
            goesOn.countDown();
            assertThat(Realm.await(search.find(entry -> true, null, 100)).entries())
                    .hasSize(before);
            assertThat(read).hasValue(1);
        }
    }

    private static boolean isOver(CountDownLatch latch) {
        try {
            return latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean has(long item, LedgerEntry entry) {
        return entry.legs().stream()
                .anyMatch(leg -> leg.items().containsKey(item) || leg.made().containsKey(item));
    }

    /** Of all pages, the oldest first. */
    private static List<String> positions(ArchiveSearch search, Predicate<LedgerEntry> wanted, int max) {
        List<String> found = new ArrayList<>();
        ArchiveSearch.Next next = null;
        do {
            ArchiveSearch.Page page = Realm.await(search.find(wanted, next, max));
            assertThat(page.entries()).hasSizeLessThanOrEqualTo(max);
            page.entries().forEach(each -> found.add(0, each.entry().position()));
            next = page.next();
        } while (next != null);
        return found;
    }

    @Test
    void newBooksBeginAtTheCheckpointAndKeepWhatTheLedgerHas() throws Exception {
        play(20);
        int before = ledger().size();
        try (Books books = books("kept.db")) {
            await().atMost(PATIENCE).until(() -> books.entries() == before);
            try (Archivist archivist = archivist(store, KEPT_DAYS)) {
                clocks.turn(ClockTrust.PROOF_MILLIS);
                await().atMost(PATIENCE).until(() -> {
                    archivist.wake();
                    return ledger().size() < SEGMENT;
                });
            }
            try (Books fresh = books("fresh.db")) {
                await().atMost(PATIENCE).until(() -> fresh.economy().checks() > 0);
                assertThat(fresh.economy().problems()).isEmpty();
                assertThat(fresh.entries()).isLessThan(SEGMENT);
                assertThat(Realm.await(fresh.ask(all -> all.kinds())).stacks()).contains("gold", "potion");
            }
            await().atMost(PATIENCE).until(() -> books.economy().checks() > 0);
            assertThat(books.economy().problems()).isEmpty();
        }
    }

    @Test
    void theNextSealWaitsForBooksThatLoadTheCheckpointButNotForEver() {
        AtomicInteger asked = new AtomicInteger();
        AtomicReference<String> position = new AtomicReference<>("");
        play(3);
        try (Archivist archivist = Archivist.start(
                new ArchiveSettings(path, SEGMENT, LONG_HOURS, 0),
                store,
                store,
                store,
                new TakenLeases(store, "test@127.0.0.1:1"),
                () -> {
                    asked.incrementAndGet();
                    return position.get();
                },
                clocks.clocks(),
                () -> true)) {
            awaitSealed(archivist, 1);
            play(4);
            int before = asked.get();
            await().atMost(PATIENCE).until(() -> {
                archivist.wake();
                return asked.get() >= before + 3;
            });
            assertThat(sealed()).isEqualTo(1);
            clocks.turn(Duration.ofMinutes(10).toMillis());
            awaitSealed(archivist, 2);
            position.set(ledger().get(SEGMENT).position());
            play(4);
            awaitSealed(archivist, 3);
        }
    }

    @Test
    void whatAnInterruptedLoadHasLeftIsGoneFromTheBooksEvenIfTheyAreAskedBeforeTheFirstPage() throws Exception {
        long bow = realm.item(ann, "bow");
        int first = ledger().size();
        try (Archivist archivist = archivist(store, first, 0, new TakenLeases(store, "test@127.0.0.1:1"))) {
            awaitSealed(archivist, 1);
        }
        AtomicInteger pages = new AtomicInteger();
        CompletableFuture<Void> interrupted = new CompletableFuture<>();
        Store broken = proxy((method, call) -> {
            if (!method.equals("checkpoint")) {
                return call.call();
            }
            if (pages.incrementAndGet() > 1) {
                interrupted.complete(null);
                return new CompletableFuture<>();
            }
            return store.checkpoint("", 10_000)
                    .thenApply(page -> new CheckpointPage(page.segment(), page.rows(), page.names(), "more"));
        });
        try (Books books = Books.open(root.resolve("books.db"), broken, broken, broken, Clocks.system())) {
            Realm.await(interrupted);
            assertThat(books.position()).isEmpty();
        }
        Grant fine = new Grant(new TreeMap<>(), List.of(), new TreeSet<>(Set.of(bow)));
        Realm.await(Realm.grant(store, ann.id(), fine, "fine-" + Realm.newUuid(), Realm.NOW));
        try (Archivist archivist = archivist(store, ledger().size() - first, 0, new TakenLeases(store, "a@b:1"))) {
            awaitSealed(archivist, 2);
        }
        CompletableFuture<Void> loading = new CompletableFuture<>();
        CompletableFuture<Void> held = new CompletableFuture<>();
        Store slow = proxy((method, call) -> {
            CompletionStage<?> answer = (CompletionStage<?>) call.call();
            if (!method.equals("checkpoint")) {
                return answer;
            }
            loading.complete(null);
            return answer.thenCombine(held, (page, nothing) -> page);
        });
        try (Books books = Books.open(root.resolve("books.db"), slow, slow, slow, Clocks.system())) {
            Realm.await(loading);
            Realm.await(books.ask(all -> all.kinds()));
            held.complete(null);
            await().atMost(PATIENCE).until(() -> books.economy().checks() > 0);
            assertThat(books.economy().problems()).isEmpty();
        }
    }

    private Books books(String file) {
        return Books.open(root.resolve(file), store, store, store, Clocks.system());
    }
}
