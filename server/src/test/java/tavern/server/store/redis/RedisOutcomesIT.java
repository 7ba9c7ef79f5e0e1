package tavern.server.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.Realm.await;
import static tavern.server.store.TransactionDraft.transaction;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.books.BookEntry;
import tavern.server.books.BookItem;
import tavern.server.books.Books;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.Terms;
import tavern.server.game.TradeId;
import tavern.server.services.RedisProcess;
import tavern.server.store.Causes;
import tavern.server.store.Grant;
import tavern.server.store.GrantRecord;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerLeg;
import tavern.server.store.OutcomeForgottenException;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.TransactionDraft;
import tavern.server.store.TransactionId;
import tavern.server.store.TransactionResult;
import tavern.server.time.Clocks;

/** What is remembered in Redis, for how long, and what becomes of a realm that a server of schema 1 has written. */
final class RedisOutcomesIT {
    private static final long QUARTER = 900_000;
    private static final Player ANN = new Player(new PlayerId(1), "ann");
    private static final Player BOB = new Player(new PlayerId(2), "bob");

    @TempDir
    private static Path folder;

    private static RedisProcess redis;

    @BeforeAll
    static void startRedis() throws Exception {
        redis = RedisProcess.start(folder);
    }

    @AfterAll
    static void stopRedis() throws Exception {
        redis.close();
    }

    /** Most look-ups are of new offers; a script for each would cost Redis several times as much. */
    @Test
    void aQuarterThatIsWholeIsAskedWithoutAScript() throws Exception {
        try (RedisStore store = RedisStore.open(RedisStoreIT.settings(redis.uri()), "whole", false)) {
            Realm realm = new Realm(store);
            Player ann = realm.open("ann", "gold", 100);
            Player bob = realm.open("bob", "potion", 100);
            TradeId unknown = Realm.wish(ann, bob, Goods.NONE, Goods.NONE).id();
            redis.ask("CONFIG", "RESETSTAT");
            assertThat(await(Realm.findTrade(store, unknown))).isEmpty();
            assertThat(redis.ask("INFO", "commandstats"))
                    .as("nothing says yet that its hash is whole")
                    .contains("cmdstat_eval");

            Settlement settled = Realm.wish(ann, bob, Goods.of("gold", 1), Goods.of("potion", 1));
            realm.settle(settled);
            redis.ask("CONFIG", "RESETSTAT");
            assertThat(await(Realm.findTrade(store, unknown))).isEmpty();
            assertThat(await(Realm.findTrade(store, settled.id()))).isPresent();
            assertThat(redis.ask("INFO", "commandstats"))
                    .contains("cmdstat_hmget:calls=2,")
                    .doesNotContain("cmdstat_eval");
        }
    }

    @Test
    void outcomesOfAQuarterOfAnHourAreOneKeyThatGoesAsAWhole() throws Exception {
        try (RedisStore store = RedisStore.open(RedisStoreIT.settings(redis.uri()), "quarters", false)) {
            Realm realm = new Realm(store);
            Player ann = realm.open("ann", "gold", 100);
            long oldest = NOW / QUARTER * QUARTER;
            for (int i = 0; i < 40; i++) {
                // The newest first: where outcomes begin is found though older ones come later.
                long born = oldest + (39 - i) * QUARTER / 4;
                await(store.transact(transaction("pay:" + i)
                        .born(born)
                        .leg(ann.id(), Mint.OPS, Goods.of("gold", 1))
                        .build()));
            }
            assertThat(keys("{quarters}:outcomes:*")).hasSize(10);
            long line = oldest + 5 * QUARTER + QUARTER / 3;
            assertThat(Realm.forgetOutcomes(store, line, 2)).as("more is left").isTrue();
            assertThat(keys("{quarters}:outcomes:*")).hasSize(8);
            for (int i = 24; i < 32; i++) {
                // Of the third and fourth quarter.
                assertThat(await(store.findOutcome(TransactionDraft.id("pay:" + i, oldest + (39 - i) * QUARTER / 4))))
                        .as("not yet forgotten")
                        .isPresent();
            }
            assertThat(Realm.forgetOutcomes(store, line, 2)).isTrue();
            assertThat(Realm.forgetOutcomes(store, line, 2)).isFalse();
            assertThat(keys("{quarters}:outcomes:*")).hasSize(5);
            TransactionDraft kept = transaction("pay:17").born(oldest + 22 * QUARTER / 4);
            assertThat(await(store.transact(kept.build())).isRepeat()).isTrue();
            assertThat(realm.inventory(ann).count("gold")).isEqualTo(60);
        }
    }

    @Test
    void outcomesAreLookedUpTogetherAndWhatIsNotOursHidesNoOther() throws Exception {
        try (RedisStore store = RedisStore.open(RedisStoreIT.settings(redis.uri()), "together", false)) {
            Player ann = new Realm(store).open("ann", "gold", 100);
            List<TransactionId> ids = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                TransactionId id = TransactionDraft.id("pay:" + i, i % 2 == 0 ? 0 : NOW + i * QUARTER / 4);
                ids.add(id);
                if (i % 4 > 1) {
                    await(store.transact(transaction(id)
                            .leg(ann.id(), Mint.OPS, Goods.of("gold", 1))
                            .build()));
                }
            }
            redis.ask("HSET", "{together}:outcomes", "pay:0", "a line without an end");
            redis.ask("SET", "{together}:outcomes:" + NOW / QUARTER, "a text");
            List<CompletionStage<String>> answers = ids.stream()
                    .map(id -> store.findOutcome(id)
                            .handle((found, failure) -> failure == null
                                    ? found.map(result -> result.id().text()).orElse("none")
                                    : String.valueOf(Causes.of(failure).getMessage())))
                    .toList();
            for (int i = 0; i < answers.size(); i++) {
                boolean isDamaged = i == 0 || ids.get(i).bornMillis() / QUARTER == NOW / QUARTER;
                String answer = await(answers.get(i));
                if (isDamaged) {
                    assertThat(answer)
                            .as("%s", ids.get(i))
                            .contains("{together}:outcomes" + (i == 0 ? ": not an outcome" : ":" + NOW / QUARTER));
                } else {
                    assertThat(answer).isEqualTo(i % 4 > 1 ? ids.get(i).text() : "none");
                }
            }
            assertThat(store.stats().inFlight()).isZero();
        }
    }

    @Test
    void aClockThatIsAheadForgetsWhatThereIsAndDoesNotHaveNewIdsRefused() {
        try (RedisStore store = RedisStore.open(RedisStoreIT.settings(redis.uri()), "ahead", false)) {
            Player ann = new Realm(store).open("ann", "gold", 100);
            TransactionDraft first = transaction("pay:1").born(NOW).leg(ann.id(), Mint.OPS, Goods.of("gold", 1));
            await(store.transact(first.build()));
            while (Realm.forgetOutcomes(store, NOW + 500 * QUARTER, 100)) {}
            assertThatThrownBy(() -> await(store.transact(first.build())))
                    .hasCauseInstanceOf(OutcomeForgottenException.class);
            TransactionDraft next =
                    transaction("pay:2").born(NOW + QUARTER).leg(ann.id(), Mint.OPS, Goods.of("gold", 1));
            assertThat(await(store.transact(next.build())).isCommitted()).isTrue();
            assertThat(await(store.transact(next.build())).isRepeat()).isTrue();
        }
    }

    /** Not even with an age below zero. */
    @Test
    void nothingIsForgottenOfWhatIsYetToCome() {
        try (RedisStore store = RedisStore.open(RedisStoreIT.settings(redis.uri()), "clocks", false)) {
            Player ann = new Realm(store).open("ann", "gold", 100);
            long soon = System.currentTimeMillis() + 10_000;
            for (int i = 0; i < 20; i++) {
                await(store.transact(transaction("pay:" + i)
                        .born(soon + i * 100_000L)
                        .leg(ann.id(), Mint.OPS, Goods.of("gold", 1))
                        .build()));
                assertThat(await(store.forgetOutcomes(-86_400_000, System.currentTimeMillis(), 100)))
                        .isFalse();
                assertThat(await(store.findOutcome(TransactionDraft.id("pay:" + i, soon + i * 100_000L))))
                        .isPresent();
            }
        }
    }

    /** Otherwise its grants would be forgotten at once, and a repeat would give twice. */
    @Test
    void aServerWhoseClockIsDaysBehindHasItsGrantsRemembered() {
        try (RedisStore store = RedisStore.open(RedisStoreIT.settings(redis.uri()), "behind", false)) {
            Player ann = new Realm(store).open("ann", "gold", 100);
            long late = System.currentTimeMillis() - 30 * 86_400_000L;
            await(Realm.grant(store, ann.id(), Realm.stacks("gold", 7), "gift", late));
            assertThat(await(store.forgetOutcomes(60_000, System.currentTimeMillis(), 100)))
                    .isFalse();
            assertThat(await(Realm.grant(store, ann.id(), Realm.stacks("gold", 7), "gift", late))
                            .isRepeat())
                    .isTrue();
        }
    }

    @Test
    void aRealmOfSchema1IsTakenOverWithItsHistoryWhichIsForgottenLater() throws Exception {
        SchemaOneRealm.write(redis, "old");
        TradeId declined = new TradeId(ANN.id(), SchemaOneRealm.V4);
        TradeId committed = new TradeId(ANN.id(), SchemaOneRealm.V7);
        try (RedisStore store = RedisStore.open(RedisStoreIT.settings(redis.uri()), "old", false)) {
            assertThat(redis.ask("HGET", "{old}:meta", "schema")).isEqualTo("2");
            Realm realm = new Realm(store);
            Terms terms = new Terms(Goods.of("gold", 30), new Goods(new TreeMap<>(), new TreeSet<>(List.of(5L))));
            SettledTrade trade = await(Realm.findTrade(store, committed)).orElseThrow();
            assertThat(trade.outcome()).isEqualTo(TradeOutcome.COMMITTED);
            assertThat(trade.terms()).isEqualTo(terms);
            assertThat(trade.partner()).isEqualTo(BOB);
            assertThat(await(Realm.findTradeRecord(store, declined))
                            .orElseThrow()
                            .room())
                    .isEqualTo(Realm.ROOM);

            assertThat(await(Realm.findTrade(store, new TradeId(ANN.id(), SchemaOneRealm.FAILED)))
                            .orElseThrow())
                    .extracting(SettledTrade::outcome, SettledTrade::reason)
                    .containsExactly(TradeOutcome.FAILED, ErrorCode.TRADE_BAD_AMOUNT);

            for (UUID old : List.of(SchemaOneRealm.V4, SchemaOneRealm.V7, SchemaOneRealm.FAILED)) {
                SettledTrade again = realm.settle(
                        Realm.wish(old, ANN, BOB, Goods.of("gold", 1), Goods.NONE, TradeOutcome.COMMITTED));
                assertThat(again)
                        .isEqualTo(await(Realm.findTrade(store, again.id())).orElseThrow());
            }
            Grant grant = Realm.stacks("gold", 7);
            assertThat(await(Realm.grant(store, ANN.id(), grant, "gift", NOW)).isRepeat())
                    .isTrue();
            assertThatThrownBy(() -> await(Realm.grant(store, BOB.id(), grant, "gift", NOW)))
                    .hasMessageContaining("was used before");
            assertThat(await(Realm.findGrant(store, "gift"))).contains(new GrantRecord("1 gold=7", NOW + 2));
            assertThat(await(Realm.findGrant(store, "starter:older"))).contains(new GrantRecord("", 0));
            assertThat(realm.inventory(ANN).count("gold"))
                    .as("nothing was done again")
                    .isEqualTo(78);

            long takenOver = Long.parseLong(redis.ask("HGET", "{old}:meta", "taken-over"));
            TransactionResult anew = await(store.transact(transaction("new:1")
                    .born(takenOver)
                    .leg(ANN.id(), BOB.id(), Goods.ofItem(5))
                    .build()));
            assertThat(anew.isCommitted()).isTrue();
            List<LedgerEntry> ledger = await(store.ledger("", 100));
            assertThat(ledger)
                    .extracting(LedgerEntry::id)
                    .containsExactly(
                            "starter:1",
                            "starter:2",
                            "trade:" + committed,
                            "grant:gift",
                            "grant:starter:older",
                            anew.id().text());
            assertThat(ledger.get(1).legs())
                    .containsExactly(leg(Mint.STARTER, BOB, Map.of(), Map.of(), Map.of(5L, "bow")));
            assertThat(ledger.get(2).room())
                    .as("known no longer than the outcome")
                    .isNull();
            assertThat(ledger.get(2).names()).isEqualTo(Map.of(1L, "ann", 2L, "bob"));
            assertThat(Realm.check(store).differences()).isEmpty();
            assertBooksTellTheItemsOfSchema1(store);
        }
        forgetAllOfSchema1();
    }

    /** Nothing else is forgotten in this realm that would have ids of that time refused. */
    @Test
    void aTradeOfSchema1IsNotDoneAgainWhenItIsForgotten() throws Exception {
        SchemaOneRealm.write(redis, "stale");
        try (RedisStore store = RedisStore.open(RedisStoreIT.settings(redis.uri()), "stale", false)) {
            Realm realm = new Realm(store);
            Awaitility.await().until(() -> {
                await(store.forgetOutcomes(0, System.currentTimeMillis(), 10));
                return redis.ask("HEXISTS", "{stale}:meta", "taken-over").equals("0");
            });
            assertThatThrownBy(() -> realm.settle(Realm.wish(
                            SchemaOneRealm.V7, ANN, BOB, Goods.of("gold", 1), Goods.NONE, TradeOutcome.COMMITTED)))
                    .hasCauseInstanceOf(OutcomeForgottenException.class);
        }
    }

    /** With the scripts of such a server, which was running when the realm was taken over. */
    @Test
    void aServerOfSchema1ThatIsStillRunningCanNoLongerMoveGoods() throws Exception {
        SchemaOneRealm.write(redis, "shared");
        RedisStore.open(RedisStoreIT.settings(redis.uri()), "shared", false).close();
        String goods = goodsOfShared();
        for (String answer : List.of(
                SchemaOneRealm.settle(redis, "shared"),
                SchemaOneRealm.grant(redis, "shared"),
                SchemaOneRealm.openPlayer(redis, "shared"))) {
            assertThat(answer).contains("FOREIGN {shared}:ledger", "WRONGTYPE");
        }
        assertThat(goodsOfShared()).isEqualTo(goods);
    }

    private static String goodsOfShared() throws Exception {
        StringBuilder all = new StringBuilder();
        for (String key : keys("{shared}:*").stream().sorted().toList()) {
            all.append(key).append(' ').append(redis.ask("DUMP", key)).append('\n');
        }
        return all.toString();
    }

    /** Its entries do not tell the kinds of items that existed before; the books know them. */
    private static void assertBooksTellTheItemsOfSchema1(Store store) throws Exception {
        Path place = Files.createTempDirectory(folder, "books");
        try (Books books = Books.open(place.resolve("books.db"), store, store, store, Clocks.system())) {
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> books.entries() == 6);
            BookItem bow = await(books.ask(all -> all.item(5))).orElseThrow();
            assertThat(bow.entries())
                    .extracting(BookEntry::kind, RedisOutcomesIT::items)
                    .containsExactly(
                            tuple("starter", List.of(Map.entry(5L, "bow"))),
                            tuple("trade", List.of(Map.entry(5L, "bow"))),
                            tuple("new", List.of(Map.entry(5L, "bow"))));
        }
    }

    private static List<Map.Entry<Long, String>> items(BookEntry entry) {
        return entry.legs().stream()
                .flatMap(leg -> leg.goods().items().entrySet().stream())
                .toList();
    }

    private static void forgetAllOfSchema1() throws Exception {
        try (RedisStore store = RedisStore.open(RedisStoreIT.settings(redis.uri()), "old", false)) {
            await(store.forgetOutcomes(60_000, System.currentTimeMillis(), 1));
            assertThat(keys("{old}:trades:*")).as("not before their time").hasSize(1);
            int rounds = 0;
            while (await(store.forgetOutcomes(0, System.currentTimeMillis(), 1))) {
                assertThat(++rounds).isLessThan(10);
            }
            assertThat(rounds).as("in steps").isPositive();
            assertThat(keys("{old}:trades:*")).isEmpty();
            assertThat(keys("{old}:grant*")).isEmpty();
            assertThat(await(Realm.findTrade(store, new TradeId(ANN.id(), SchemaOneRealm.V4))))
                    .isEmpty();
            assertThat(Realm.check(store).differences()).isEmpty();
        }
    }

    private static LedgerLeg leg(
            Mint from, Player to, Map<String, Long> stacks, Map<Long, String> items, Map<Long, String> made) {
        return new LedgerLeg(from, to.id(), new TreeMap<>(stacks), new TreeMap<>(items), new TreeMap<>(made));
    }

    private static List<String> keys(String pattern) throws Exception {
        String found = redis.ask("KEYS", pattern);
        return found.isEmpty() ? List.of() : found.lines().toList();
    }
}
