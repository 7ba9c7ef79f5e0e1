package tavern.server.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.Realm.wish;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditedOrder;
import tavern.server.store.Erasure;
import tavern.server.store.Grant;
import tavern.server.store.Realm;
import tavern.server.store.Sanction;
import tavern.server.store.Store;
import tavern.server.time.Clocks;

/** What the books must say of any store. */
abstract class BooksContract {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How often a test turns the clock: each time, whatever the books do just then seems to have taken longer. */
    static final Duration TURNED_EVERY = Duration.ofMillis(100);

    private static final long AHEAD_SECONDS_MAX = 1_000_000;

    @TempDir
    Path folder;

    private final AtomicLong aheadSeconds = new AtomicLong();
    private final Clocks machine = Clocks.system();

    /** The books' durations are the machine's, except where a test does not wait for them. */
    private final Clocks clocks =
            new Clocks(machine.wall(), () -> machine.monotonic().read() + TimeUnit.SECONDS.toNanos(aheadSeconds.get()));

    Store store;
    Realm realm;
    Books books;
    Player ann;
    Player bob;

    /** A new, empty store. */
    abstract Store open() throws Exception;

    /** Behind the server's back: the player has more gold, or less, than the ledger says. */
    abstract void addGold(Player player, long more) throws Exception;

    /** Behind the server's back: the item is nobody's. */
    abstract void loseItem(Player player, long item) throws Exception;

    @BeforeEach
    void openAll() throws Exception {
        store = open();
        realm = new Realm(store);
        ann = realm.open("ann", "gold", 100);
        bob = realm.open("bob", "potion", 10);
        openBooks();
    }

    private void openBooks() {
        books = Books.open(file(), store, store, store, clocks);
    }

    private Path file() {
        return folder.resolve("books.db");
    }

    @AfterEach
    void closeAll() {
        books.close();
        store.close();
    }

    private <T> T ask(Books.Question<T> question) {
        return Realm.await(books.ask(question));
    }

    private List<BookEntry> entries(Books.Question<List<BookEntry>> question) {
        return ask(question);
    }

    private List<BookedCommand> deeds(Books.Question<List<BookedCommand>> question) {
        return ask(question);
    }

    final void awaitEntries(long entries) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(books.entries()).isEqualTo(entries));
    }

    @Test
    void aTradeIsFoundByBothPlayersAndByItsItemOnceItIsCommitted() {
        long bow = realm.item(bob, "bow");
        Goods want = new Goods(new TreeMap<>(), new TreeSet<>(Set.of(bow)));
        var settled = realm.settle(wish(ann, bob, Goods.of("gold", 30), want));
        realm.settle(wish(ann, bob, Goods.of("gold", 1_000), Goods.NONE));
        awaitEntries(4);
        assertThat(books.behindMillis()).isLessThan(PATIENCE.toMillis());

        List<BookEntry> ofAnn = ask(all -> all.tradesOf(ann.id(), Long.MAX_VALUE, 10));
        assertThat(ofAnn).hasSize(1);
        BookEntry trade = ofAnn.get(0);
        assertThat(trade.reference()).isEqualTo(settled.id().toString());
        assertThat(trade.proposer()).isEqualTo("ann");
        assertThat(trade.partnersOf("ann")).containsExactly("bob");
        assertThat(trade.room()).isEqualTo(Realm.ROOM.name());
        assertThat(trade.given("ann").words()).isEqualTo("30 gold");
        assertThat(trade.received("ann").words()).isEqualTo("bow #" + bow);
        assertThat(entries(all -> all.tradesOf(bob.id(), Long.MAX_VALUE, 10))).isEqualTo(ofAnn);
        assertThat(entries(all -> all.trades(Long.MAX_VALUE, 10))).isEqualTo(ofAnn);
        assertThat(entries(all -> all.tradesOf(bow, 0, Long.MAX_VALUE, 10))).isEqualTo(ofAnn);
        assertThat(entries(all -> all.tradesOf(bow, 999, Long.MAX_VALUE, 10))).isEmpty();
        assertThat(entries(all -> all.trades(trade.number(), 10))).isEmpty();
        assertThat(ask(all -> all.numberOf(settled)).longValue()).isEqualTo(trade.number());
    }

    @Test
    void tradesArePagedFromTheNewestToTheOldestWithoutAGap() {
        for (int i = 0; i < 25; i++) {
            realm.settle(i % 2 == 0 ? wish(ann, bob, Goods.of("gold", 1), Goods.NONE) : back());
        }
        awaitEntries(27);
        List<BookEntry> all = ask(asked -> asked.tradesOf(ann.id(), Long.MAX_VALUE, 100));
        assertThat(all).hasSize(25).extracting(BookEntry::number).isSortedAccordingTo((a, b) -> Long.compare(b, a));
        List<BookEntry> first = ask(asked -> asked.tradesOf(ann.id(), Long.MAX_VALUE, 10));
        List<BookEntry> second =
                ask(asked -> asked.tradesOf(ann.id(), first.get(9).number(), 100));
        assertThat(first).isEqualTo(all.subList(0, 10));
        assertThat(second).isEqualTo(all.subList(10, 25));
    }

    private Settlement back() {
        return wish(bob, ann, Goods.of("gold", 1), Goods.NONE);
    }

    @Test
    void anItemsWayIsToldFromTheMintToItsOwnerAndBack() {
        long bow = realm.item(bob, "bow");
        realm.settle(wish(bob, ann, Goods.ofItem(bow), Goods.NONE));
        awaitEntries(4);
        BookItem owned = ask(all -> all.item(bow)).orElseThrow();
        assertThat(owned.kind()).isEqualTo("bow");
        assertThat(owned.owner()).isEqualTo("ann");
        assertThat(owned.entries()).extracting(BookEntry::isTrade).containsExactly(false, true);
        Realm.await(Realm.grant(
                store, ann.id(), new Grant(new TreeMap<>(), List.of(), new TreeSet<>(Set.of(bow))), "fine", NOW));
        awaitEntries(5);
        BookItem gone = ask(all -> all.item(bow)).orElseThrow();
        assertThat(gone.owner()).isEmpty();
        assertThat(gone.entries()).hasSize(3);
        assertThat(ask(all -> all.item(bow + 1)).isPresent()).isFalse();
    }

    @Test
    void whatOperatorsDidToAPlayerIsFoundByTheName() {
        AuditEntry kick = AuditEntry.after(
                null, new AuditEntry.Fact(NOW, "eve (admin)", "127.0.0.1", "kick", "ann", "spam", "kicked"));
        AuditEntry close = AuditEntry.after(
                kick, new AuditEntry.Fact(NOW, "eve (admin)", "127.0.0.1", "close", "ann", "night", "closed"));
        Realm.await(store.appendAudit(kick));
        Realm.await(store.appendAudit(close));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(deeds(all -> all.deeds("ann", Long.MAX_VALUE, 10)))
                        .containsExactly(new BookedCommand(1, NOW, "eve (admin): kick: kicked (because: spam)")));
    }

    @Test
    void anOrderIsOneRowThatSaysWhatCameOfIt() {
        AuditEntry before = null;
        for (String[] entry : new String[][] {
            {"kick", "ann", AuditedOrder.begun("one/1", "good night")},
            {"freeze", "ann", AuditedOrder.begun("one/1", "chat player ann")},
            {"freeze", "ann", AuditedOrder.begun("one/1", "chat room ann")},
            {"kick", "ann", AuditedOrder.ended(1, "kicked")},
            {"freeze", "ann", AuditedOrder.ended(3, "frozen: chat room ann")},
            {"mute", "ann", "failed: muted already"}
        }) {
            before = AuditEntry.after(
                    before, new AuditEntry.Fact(NOW, "eve (admin)", "127.0.0.1", entry[0], entry[1], "spam", entry[2]));
            Realm.await(store.appendAudit(before));
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(deeds(all -> all.deeds("ann", Long.MAX_VALUE, 10)))
                        .extracting(BookedCommand::text)
                        .containsExactly(
                                "eve (admin): mute: failed: muted already (because: spam)",
                                "eve (admin): freeze: begun, its outcome is not known: chat player ann (because: spam)",
                                "eve (admin): kick: kicked (because: spam)"));
    }

    @Test
    void whoTakesTheNameOfAnErasedPlayerKeepsItInTheBooks() {
        AuditEntry kick = order(null, "kick", "kicked");
        AuditEntry begun = order(kick, "erase", AuditedOrder.begun("one/1", ""));
        awaitEntries(2);
        Erasure erasure = Erasure.of(ann.id(), "ann");
        Realm.await(store.sanction(
                ann.id(), new Sanction(Sanction.Kind.BAN, NOW + 1, ""), Sanction.none(Sanction.Kind.BAN)));
        assertThat(Realm.await(store.eraseName(erasure, NOW))).isTrue();
        Realm.await(store.finishErasure(erasure));
        Player second = realm.open("ann", "gold", 7);
        AuditEntry mute = order(begun, "mute", "muted");
        order(mute, "erase", AuditedOrder.ended(2, "the name is now *erased-" + ann.id() + "*"));
        String erased = "*erased-" + ann.id() + "*";
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(deeds(all -> all.deeds(erased, Long.MAX_VALUE, 10)))
                        .extracting(BookedCommand::seq)
                        .containsExactly(2L, 1L));
        assertThat(deeds(all -> all.deeds("ann", Long.MAX_VALUE, 10)))
                .extracting(BookedCommand::seq)
                .containsExactly(3L);
        assertThat(holderOf(ann)).isEqualTo(erased);
        assertThat(holderOf(second)).isEqualTo("ann");
    }

    private String holderOf(Player player) {
        List<BookEntry> found = ask(all -> all.entriesOf(player.id(), Long.MAX_VALUE, 10));
        return found.get(0).legs().get(0).to();
    }

    private AuditEntry order(@Nullable AuditEntry before, String action, String result) {
        AuditEntry entry = AuditEntry.after(
                before, new AuditEntry.Fact(NOW, "eve (admin)", "127.0.0.1", action, "ann", "why", result));
        Realm.await(store.appendAudit(entry));
        return entry;
    }

    @Test
    void kindsAreKnownOnceThereWasOneAlsoWhenItIsGone() {
        long bow = realm.item(ann, "bow");
        Realm.await(Realm.grant(
                store, ann.id(), new Grant(new TreeMap<>(), List.of(), new TreeSet<>(Set.of(bow))), "fine", NOW));
        awaitEntries(4);
        KnownKinds known = ask(all -> all.kinds());
        assertThat(known.items()).containsExactly("bow");
        assertThat(known.stacks()).containsExactly("gold", "potion");
        SortedSet<String> noItems = ask(all -> all.unknownItems(new TreeSet<>(Set.of("bow", "gold"))));
        assertThat(noItems).containsExactly("gold");
        SortedSet<String> noStacks = ask(all -> all.unknownStacks(new TreeSet<>(Set.of("bow", "gold", "#"))));
        assertThat(noStacks).containsExactly("#", "bow");
    }

    @Test
    void theBooksGoOnWhereTheyWereAndAreWorkedOutAgainWhenTheirFileIsGone() throws IOException {
        realm.settle(wish(ann, bob, Goods.of("gold", 30), Goods.NONE));
        awaitEntries(3);
        books.close();
        realm.settle(back());
        openBooks();
        awaitEntries(4);
        List<BookEntry> before = ask(all -> all.trades(Long.MAX_VALUE, 10));

        Files.delete(file());
        realm.settle(wish(ann, bob, Goods.of("gold", 2), Goods.NONE));
        awaitEntries(5);
        assertThat(file()).exists();
        assertThat(entries(all -> all.trades(5, 10))).isEqualTo(before);

        books.close();
        Files.writeString(file(), "not a database, but long enough to be taken for one".repeat(100));
        openBooks();
        awaitEntries(5);
        assertThat(entries(all -> all.trades(5, 10))).isEqualTo(before);
    }

    @Test
    void booksOfAnotherLedgerAreThrownAway() throws Exception {
        realm.settle(wish(ann, bob, Goods.of("gold", 30), Goods.NONE));
        awaitEntries(3);
        books.close();
        Store first = store;
        store = open();
        first.close();
        realm = new Realm(store);
        realm.open("zoe", "pearl", 1);
        openBooks();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(entries(all -> all.entriesOf(new PlayerId(1), Long.MAX_VALUE, 10)))
                        .extracting(entry -> entry.legs().get(0).to())
                        .containsExactly("zoe"));
        assertThat(books.entries()).isEqualTo(1);
    }

    @Test
    void aSecondServerWithTheSameFolderIsToldAndWaits() {
        awaitEntries(2);
        try (Books second = Books.open(file(), store, store, store, Clocks.system())) {
            await().atMost(PATIENCE)
                    .until(() -> String.valueOf(second.trouble()).contains("store.path of its own"));
            assertThat(second.entries()).isZero();
        }
        realm.settle(wish(ann, bob, Goods.of("gold", 30), Goods.NONE));
        awaitEntries(3);
    }

    @Test
    void theEconomyAddsUpWhileEverybodyTrades() {
        awaitCheck();
        for (int round = 0; round < 3; round++) {
            long checks = books.economy().checks();
            awaitEconomy(report -> {
                IntStream.range(0, 20)
                        .mapToObj(i -> realm.ask(
                                i % 2 == 0
                                        ? wish(ann, bob, Goods.of("gold", 3), Goods.of("potion", 1))
                                        : wish(bob, ann, Goods.of("gold", 3), Goods.of("potion", 1)),
                                null))
                        .toList()
                        .forEach(Realm::await);
                return report.checks() > checks;
            });
            assertThat(books.economy().problems()).isEmpty();
        }
        EconomyReport report = books.economy();
        assertThat(report.holds()).isTrue();
        assertThat(report.players()).isEqualTo(2);
        assertThat(report.failedChecks()).isZero();
        assertThat(report.kinds())
                .containsExactly(
                        new EconomyReport.Kind("gold", big(100), big(100), big(0)),
                        new EconomyReport.Kind("potion", big(10), big(10), big(0)));
    }

    @Test
    void aCheckOfTheWholeLedgerFindsNothingWhileEverybodyTrades() {
        List<CompletionStage<SettledTrade>> trades = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            realm.open("p" + i, "gold", 5);
        }
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 100; i++) {
                trades.add(realm.ask(
                        i % 2 == 0
                                ? wish(ann, bob, Goods.of("gold", 3), Goods.of("potion", 1))
                                : wish(bob, ann, Goods.of("gold", 3), Goods.of("potion", 1)),
                        null));
            }
            Conservation found = Realm.check(store);
            assertThat(found.differences()).isEmpty();
            assertThat(found.players()).isEqualTo(42);
        }
        trades.forEach(Realm::await);
        Conservation found = Realm.check(store);
        assertThat(found.entries()).isEqualTo(42 + found.trades());
        assertThat(found.trades()).isEqualTo(500);
    }

    private static BigInteger big(long value) {
        return BigInteger.valueOf(value);
    }

    final EconomyReport awaitCheck() {
        long checks = books.economy().checks();
        awaitEconomy(report -> report.checks() > checks);
        return books.economy();
    }

    /**
     * Does not wait while the economy rests. How long that is depends on how long a check took: time goes faster and
     * faster.
     */
    private void awaitEconomy(Predicate<EconomyReport> wanted) {
        AtomicLong step = new AtomicLong(1);
        await().atMost(PATIENCE).pollInterval(TURNED_EVERY).until(() -> {
            aheadSeconds.addAndGet(step.get());
            step.set(Math.min(AHEAD_SECONDS_MAX, 2 * step.get()));
            return wanted.test(books.economy());
        });
    }

    @Test
    void goodsThatCameFromNowhereAreNamedWithTheDifference() throws Exception {
        assertThat(awaitCheck().holds()).isTrue();
        addGold(ann, 7);
        awaitEconomy(report -> !report.holds());
        EconomyReport report = books.economy();
        assertThat(report.kinds()).contains(new EconomyReport.Kind("gold", big(100), big(107), big(7)));
        assertThat(report.problems()).containsExactly("player " + ann.id() + " has 107 gold, the ledger says 100");
        assertThat(report.failedChecks()).isPositive();

        addGold(ann, -7);
        awaitEconomy(EconomyReport::holds);
    }

    @Test
    void anItemThatIsNobodysIsNamed() throws Exception {
        long bow = realm.item(bob, "bow");
        awaitEconomy(report -> report.items().granted().equals(big(1)));
        assertThat(books.economy().holds()).isTrue();
        loseItem(bob, bow);
        awaitEconomy(report -> !report.holds());
        EconomyReport report = books.economy();
        assertThat(report.items()).isEqualTo(new EconomyReport.Sum(big(1), big(0), big(-1)));
        assertThat(report.problems()).hasSize(1).allMatch(text -> text.contains("item " + bow));
    }
}
