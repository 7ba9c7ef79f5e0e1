package tavern.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tavern.server.store.Realm.EVENT;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.Realm.ROOM;
import static tavern.server.store.Realm.await;
import static tavern.server.store.TransactionDraft.transaction;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.GoodsChange;
import tavern.server.game.SettledTrade;

/** What every store must do with transactions. After each test all goods are accounted for. */
abstract class TransactionContract {
    protected static final int IN_FLIGHT_MAX = 256;
    protected static final int OUTBOX_ROWS_MAX = 50;

    /** More than that many rows of the usual size. */
    protected static final long OUTBOX_BYTES_MAX = 256 * 1024;

    private static final NamedAccount GUILD = new NamedAccount("guild:7");
    private static final Mint SHOP = new Mint("shop");
    private static final Mint FORGE = new Mint("forge");
    private static final long MINUTE = 60_000;

    protected Store store;
    protected Realm realm;
    protected Player ann;
    protected Player bob;

    /** A new, empty store with the limits above. */
    protected abstract Store open() throws Exception;

    /** The same data in a store that was opened anew, where that makes a difference. */
    protected Store reopened(Store open) {
        return open;
    }

    /** See {@link TransactionSchedule.Dating}. */
    protected void dateOutcomes(Map<String, Long> millisOfIds) throws Exception {}

    @BeforeEach
    void openStore() throws Exception {
        store = open();
        realm = new Realm(store);
        ann = realm.open("ann", "gold", 100);
        bob = realm.open("bob", "potion", 10);
    }

    @AfterEach
    void everythingIsAccountedForThenClose() {
        assertThat(Realm.check(store).differences()).isEmpty();
        assertThat(store.stats().inFlight()).isZero();
        store.close();
    }

    @Test
    void goodsOfManyPartiesAndMintsGoTogetherAndTheResultTellsWhatChanged() {
        long bow = realm.item(bob, "bow");
        long annBefore = realm.inventory(ann).version();
        long bobBefore = realm.inventory(bob).version();
        Transaction all = transaction("craft:1")
                .leg(ann.id(), bob.id(), Goods.of("gold", 30))
                .leg(bob.id(), GUILD, new Goods(new TreeMap<>(Map.of("potion", 10L)), new TreeSet<>(Set.of(bow))))
                .leg(ann.id(), SHOP, Goods.of("gold", 5))
                .leg(FORGE, ann.id(), Goods.of("pearl", 2), "sword", "sword")
                .event(EVENT)
                .fence(ROOM, realm.fence())
                .memo("made by ann")
                .build();
        TransactionResult result = await(store.transact(all));

        assertThat(result.isCommitted()).isTrue();
        assertThat(result.isRepeat()).isFalse();
        assertThat(result.memo()).asString(UTF_8).isEqualTo("made by ann");
        assertThat(result.atMillis()).isEqualTo(NOW);
        Set<Long> swords = realm.inventory(ann).items().keySet();
        assertThat(realm.inventory(ann).items().values()).containsExactly("sword", "sword");
        assertThat(result.changes())
                .isEqualTo(Map.of(
                        ann.id(),
                        change(
                                annBefore + 1,
                                Map.of("gold", 65L, "pearl", 2L),
                                realm.inventory(ann).items(),
                                Set.of()),
                        bob.id(),
                        change(bobBefore + 1, Map.of("gold", 30L, "potion", 0L), Map.of(), Set.of(bow)),
                        GUILD,
                        change(1, Map.of("potion", 10L), Map.of(bow, "bow"), Set.of())));
        assertThat(realm.inventory(ann).stacks()).isEqualTo(Map.of("gold", 65L, "pearl", 2L));
        assertThat(realm.inventory(ann).version()).isEqualTo(annBefore + 1);
        assertThat(realm.inventory(bob).stacks()).isEqualTo(Map.of("gold", 30L));
        assertThat(realm.inventory(bob).items()).isEmpty();
        PlayerRecord guild = await(store.findAccount(GUILD)).orElseThrow();
        assertThat(guild.player().name()).isEqualTo("@guild:7");
        assertThat(guild.inventory().stacks()).isEqualTo(Map.of("potion", 10L));
        assertThat(guild.inventory().items()).isEqualTo(Map.of(bow, "bow"));
        assertThat(guild.inventory().version()).isEqualTo(1);
        List<OutboxRow> outbox = await(store.outbox(0, 10));
        assertThat(outbox).extracting(OutboxRow::messageId).containsExactly("craft:1");
        String newItems = swords.stream().map(id -> "+" + id + ":sword").collect(Collectors.joining(","));
        assertThat(outbox.get(0).committed())
                .hasToString(ann.id() + ">" + bob.id() + "|gold=30;" + bob.id() + ">@guild:7|potion=10,#" + bow
                        + ":bow;" + ann.id() + ">mint:shop|gold=5;mint:forge>" + ann.id() + "|pearl=2," + newItems + " "
                        + ann.id() + "=" + (annBefore + 1) + "=ann," + bob.id() + "=" + (bobBefore + 1)
                        + "=bob,@guild:7=1");

        LedgerEntry entry = newestEntry();
        assertThat(entry.id()).isEqualTo("craft:1");
        assertThat(entry.room()).isEqualTo(ROOM);
        assertThat(entry.fence()).isEqualTo(realm.fence());
        assertThat(entry.atMillis()).isEqualTo(NOW);
        PlayerId guildNumber = guild.player().id();
        String made = swords.stream().map(id -> "+" + id + ":sword").collect(Collectors.joining(","));
        assertThat(LegsText.of(entry.legs()))
                .isEqualTo(ann.id() + ">" + bob.id() + "|gold=30;" + bob.id() + ">" + guildNumber + "|potion=10,#" + bow
                        + ":bow;" + ann.id() + ">mint:shop|gold=5;mint:forge>" + ann.id() + "|pearl=2," + made);
        assertThat(entry.names())
                .isEqualTo(Map.of(ann.id().value(), "ann", bob.id().value(), "bob", guildNumber.value(), "@guild:7"));
    }

    @Test
    void whatStaysTheSameIsNotAChangeThoughTheVersionGrows() {
        TransactionResult swap = await(store.transact(transaction("swap:1")
                .leg(ann.id(), bob.id(), Goods.of("gold", 7))
                .leg(bob.id(), ann.id(), Goods.of("gold", 7))
                .leg(bob.id(), ann.id(), Goods.of("potion", 1))
                .leg(SHOP, bob.id(), Goods.of("gold", 7))
                .build()));
        assertThat(swap.isCommitted()).as("bob has no gold before any arrives").isFalse();
        swap = await(store.transact(transaction("swap:2")
                .leg(ann.id(), SHOP, Goods.of("gold", 7))
                .leg(SHOP, ann.id(), Goods.of("gold", 7))
                .build()));
        long version = realm.inventory(ann).version();
        assertThat(swap.changes()).isEqualTo(Map.of(ann.id(), change(version, Map.of(), Map.of(), Set.of())));
        assertThat(realm.inventory(ann).stacks()).isEqualTo(Map.of("gold", 100L));
    }

    @Test
    void theSumOfAllLegsMustBeThereBeforeAnythingArrives() {
        assertRefused(
                transaction("sum:1")
                        .leg(SHOP, bob.id(), Goods.of("gold", 1))
                        .leg(ann.id(), bob.id(), Goods.of("gold", 60))
                        .leg(ann.id(), GUILD, Goods.of("gold", 41)),
                Refusal.Reason.INSUFFICIENT,
                1);
        assertRefused(
                transaction("sum:2")
                        .leg(ann.id(), bob.id(), Goods.of("gold", 5))
                        .leg(bob.id(), GUILD, Goods.of("gold", 5)),
                Refusal.Reason.INSUFFICIENT,
                1);
        assertRefused(
                transaction("sum:3").leg(SHOP, GUILD, Goods.of("gold", 5)).leg(GUILD, ann.id(), Goods.of("gold", 5)),
                Refusal.Reason.INSUFFICIENT,
                1);
        assertThat(await(store.findAccount(GUILD))).as("nothing was made of it").isEmpty();
    }

    @Test
    void theFirstLegThatCannotBeCarriedOutIsNamedWithAllThatItLacks() {
        long bow = realm.item(bob, "bow");
        Goods much = new Goods(new TreeMap<>(Map.of("gold", 101L, "pearl", 1L)), new TreeSet<>(Set.of(bow)));
        Refusal refusal = assertRefused(
                transaction("lack:1")
                        .leg(bob.id(), ann.id(), Goods.of("potion", 10))
                        .leg(ann.id(), bob.id(), much)
                        .leg(bob.id(), ann.id(), Goods.of("gold", 1)),
                Refusal.Reason.INSUFFICIENT,
                1);
        assertThat(refusal.text())
                .contains("101 gold")
                .contains("100")
                .contains("1 pearl")
                .contains("item " + bow);
    }

    @Test
    void aCountThatWouldPassTheLargestIsRefusedAfterWhatIsGivenIsTakenOff() {
        realm.give(SHOP, bob, Goods.of("gold", Long.MAX_VALUE));
        assertRefused(
                transaction("much:1")
                        .leg(bob.id(), SHOP, Goods.of("potion", 1))
                        .leg(ann.id(), bob.id(), Goods.of("gold", 2))
                        .leg(bob.id(), ann.id(), Goods.of("gold", 1)),
                Refusal.Reason.TOO_MUCH,
                1);
        TransactionResult equal = await(store.transact(transaction("much:2")
                .leg(ann.id(), bob.id(), Goods.of("gold", 2))
                .leg(bob.id(), GUILD, Goods.of("gold", 2))
                .build()));
        assertThat(equal.isCommitted()).isTrue();
        assertThat(realm.inventory(bob).count("gold")).isEqualTo(Long.MAX_VALUE);
        assertRefused(
                transaction("much:3").leg(ann.id(), bob.id(), Goods.of("gold", 200)), Refusal.Reason.INSUFFICIENT, 0);
    }

    @Test
    void countsAreExactUpToTheLargest() {
        long large = Long.MAX_VALUE - 1;
        realm.give(SHOP, bob, Goods.of("gold", large));
        realm.give(SHOP, bob, Goods.of("gold", 1));
        await(store.transact(transaction("large:1")
                .leg(bob.id(), GUILD, Goods.of("gold", large / 3))
                .leg(bob.id(), SHOP, Goods.of("gold", 12345678901L))
                .build()));
        assertThat(realm.inventory(bob).count("gold")).isEqualTo(Long.MAX_VALUE - large / 3 - 12345678901L);
        assertThat(await(store.findAccount(GUILD)).orElseThrow().inventory().count("gold"))
                .isEqualTo(large / 3);
    }

    @Test
    void anItemIsGivenOnlyByWhoHasIt() {
        long bow = realm.item(bob, "bow");
        assertRefused(
                transaction("item:1")
                        .leg(SHOP, bob.id(), Goods.of("gold", 1))
                        .leg(ann.id(), bob.id(), Goods.ofItem(bow)),
                Refusal.Reason.INSUFFICIENT,
                1);
        assertRefused(
                transaction("item:2").leg(ann.id(), bob.id(), Goods.ofItem(bow + 100)), Refusal.Reason.INSUFFICIENT, 0);
        await(store.transact(
                transaction("item:3").leg(bob.id(), FORGE, Goods.ofItem(bow)).build()));
        assertRefused(transaction("item:4").leg(bob.id(), ann.id(), Goods.ofItem(bow)), Refusal.Reason.INSUFFICIENT, 0);
        assertThat(realm.item(ann, "bow")).as("a new one").isGreaterThan(bow);
    }

    @Test
    void anUnknownPlayerIsNamedAndTheOutcomeIsNotRemembered() {
        PlayerId nobody = new PlayerId(99);
        assertRefused(
                transaction("who:1")
                        .leg(ann.id(), bob.id(), Goods.of("gold", 1000))
                        .leg(SHOP, nobody, Goods.of("gold", 1)),
                Refusal.Reason.NO_SUCH_ACCOUNT,
                1);
        assertRefused(
                transaction("who:1").put(ann.id(), "rank", "1", 0).put(nobody, "rank", "1", 0),
                Refusal.Reason.NO_SUCH_PLAYER,
                1);
        assertThat(await(store.findOutcome(TransactionId.undated("who:1")))).isEmpty();
    }

    @Test
    void aNamedAccountHoldsGoodsLikeAPlayerAndIsNobodyWhoCanLogIn() {
        assertThat(await(store.findAccount(GUILD))).isEmpty();
        realm.give(SHOP, ann, Goods.of("pearl", 3));
        await(store.transact(
                transaction("bank:1").leg(ann.id(), GUILD, Goods.of("pearl", 3)).build()));
        TransactionResult back = await(store.transact(
                transaction("bank:2").leg(GUILD, bob.id(), Goods.of("pearl", 1)).build()));
        assertThat(back.changes().get(GUILD)).isEqualTo(change(2, Map.of("pearl", 2L), Map.of(), Set.of()));
        PlayerRecord guild = await(store.findAccount(GUILD)).orElseThrow();
        assertRefused(
                transaction("bank:3").leg(guild.player().id(), bob.id(), Goods.of("pearl", 1)),
                Refusal.Reason.NO_SUCH_ACCOUNT,
                0);
        assertThatThrownBy(() -> await(store.openPlayer("@guild:7", Goods.NONE, List.of(), null, NOW)))
                .hasCauseInstanceOf(IllegalArgumentException.class);
        Holdings all = await(store.holdings(0, 10));
        assertThat(all.inventories()).containsEntry(guild.player().id(), guild.inventory());
    }

    @Test
    void aRepeatGetsTheFirstOutcomeWhateverItContains() {
        TransactionResult first = await(store.transact(transaction("once:1")
                .leg(ann.id(), bob.id(), Goods.of("gold", 1))
                .memo("first")
                .build()));
        TransactionResult again = await(store.transact(transaction("once:1")
                .leg(ann.id(), bob.id(), Goods.of("gold", 1000))
                .put(ann.id(), "rank", "1", 0)
                .memo("second")
                .at(NOW + 5)
                .build()));
        assertThat(again.isRepeat()).isTrue();
        assertThat(again.isCommitted()).isTrue();
        assertThat(again.memo()).isEqualTo(first.memo());
        assertThat(again.atMillis()).isEqualTo(NOW);
        assertThat(again.changes()).isEmpty();
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(99);
        assertThat(await(store.kept(ann.id(), "rank"))).isEmpty();
        TransactionResult found = await(store.findOutcome(first.id())).orElseThrow();
        assertThat(found).usingRecursiveComparison().isEqualTo(again);
        assertThat(await(store.findOutcome(TransactionId.undated("once:2")))).isEmpty();
    }

    @Test
    void aRefusalIsRememberedOnlyOnRequest() {
        TransactionDraft wish = transaction("later:1").leg(ann.id(), bob.id(), Goods.of("gold", 101));
        assertRefused(wish, Refusal.Reason.INSUFFICIENT, 0);
        TransactionDraft kept = transaction("never:1")
                .leg(SHOP, ann.id(), Goods.of("gold", 1))
                .leg(ann.id(), bob.id(), Goods.of("gold", 101))
                .memo("why")
                .remembersRefusal();
        Refusal refusal = assertRefused(kept, Refusal.Reason.INSUFFICIENT, 1);
        realm.give(SHOP, ann, Goods.of("gold", 1000));

        TransactionResult still = await(store.transact(kept.at(NOW + 5).build()));
        assertThat(still.refusal()).isEqualTo(refusal);
        assertThat(still.isRepeat()).isTrue();
        assertThat(still.memo()).asString(UTF_8).isEqualTo("why");
        assertThat(still.atMillis()).isEqualTo(NOW);
        assertThat(await(store.findOutcome(still.id())).orElseThrow())
                .usingRecursiveComparison()
                .isEqualTo(still);
        assertThat(await(store.transact(wish.build())).isCommitted()).isTrue();
    }

    @Test
    void aRepeatInTheSameMomentChangesNothing() {
        Transaction wish = transaction("moment:1")
                .leg(ann.id(), bob.id(), Goods.of("gold", 30))
                .event(EVENT)
                .build();
        List<TransactionResult> answers = IntStream.range(0, 20).mapToObj(i -> store.transact(wish)).toList().stream()
                .map(Realm::await)
                .toList();
        assertThat(answers).allMatch(TransactionResult::isCommitted);
        assertThat(answers).filteredOn(answer -> !answer.isRepeat()).hasSize(1);
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(70);
        assertThat(await(store.outbox(0, 10))).hasSize(1);
    }

    @Test
    void anOlderFenceDoesNothingAndLeavesNoTrace() {
        TransactionDraft wish = transaction("fence:1")
                .leg(ann.id(), GUILD, Goods.of("gold", 1))
                .put(ann.id(), "rank", "1", 0)
                .fence(ROOM, realm.fence());
        long next = Realm.acquire(store, ROOM);
        assertThatThrownBy(() -> await(store.transact(wish.build()))).hasCauseInstanceOf(StaleFenceException.class);
        assertThatThrownBy(() -> await(
                        store.transact(wish.fence(new RoomId("unowned"), 0).build())))
                .hasCauseInstanceOf(StaleFenceException.class);
        assertThat(await(store.findOutcome(TransactionId.undated("fence:1")))).isEmpty();
        assertThat(await(store.findAccount(GUILD))).isEmpty();
        assertThat(await(store.kept(ann.id(), "rank"))).isEmpty();
        assertThat(await(store.transact(wish.fence(ROOM, next).build())).isCommitted())
                .isTrue();
    }

    @Test
    void aFullOutboxRefusesWhatHasEventsButAnswersRepeats() {
        for (int i = 0; i < OUTBOX_ROWS_MAX; i++) {
            await(store.transact(transaction("event:" + i).event(EVENT).build()));
        }
        Transaction more = transaction("event:more")
                .leg(ann.id(), bob.id(), Goods.of("gold", 1))
                .event(EVENT)
                .build();
        assertThatThrownBy(() -> await(store.transact(more))).hasCauseInstanceOf(StoreUnavailableException.class);
        assertThat(await(store.findOutcome(more.id()))).isEmpty();
        TransactionDraft lacking = transaction("event:lacking").leg(ann.id(), bob.id(), Goods.of("gold", 1000));
        assertThatThrownBy(() -> await(store.transact(lacking.event(EVENT).build())))
                .as("goods are not looked at, so that the answer is the same for all")
                .hasCauseInstanceOf(StoreUnavailableException.class);
        assertThat(await(store.transact(transaction("event:0").event(EVENT).build()))
                        .isRepeat())
                .isTrue();
        assertThat(await(store.transact(transaction("quiet:1")
                                .leg(ann.id(), bob.id(), Goods.of("gold", 1))
                                .build()))
                        .isCommitted())
                .isTrue();
        await(store.removeOutbox(await(store.outbox(0, 1))));
        assertThat(await(store.transact(more)).isCommitted()).isTrue();
    }

    @Test
    void aKitIsToldOnceWhenItsPlayerIsCreatedAndAFullOutboxRefusesNewPlayersOnly() {
        Goods gold = Goods.of("gold", 5);
        Player cat =
                await(store.openPlayer("cat", gold, List.of("key"), EVENT, NOW)).player();
        await(store.openPlayer("cat", gold, List.of("key"), EVENT, NOW));
        await(store.openPlayer("dan", Goods.NONE, List.of(), EVENT, NOW));
        long key = realm.inventory(cat).items().keySet().iterator().next();
        List<OutboxRow> rows = await(store.outbox(0, 10));
        assertThat(rows).extracting(OutboxRow::messageId).containsExactly("starter:" + cat.id());
        assertThat(rows.get(0).event().routingKey()).isEqualTo(EVENT.routingKey());
        assertThat(rows.get(0).committed())
                .hasToString("mint:starter>" + cat.id() + "|gold=5,+" + key + ":key " + cat.id() + "=1=cat");
        assertThat(store.stats().outboxRows()).isEqualTo(1);

        for (int i = 1; i < OUTBOX_ROWS_MAX; i++) {
            await(store.transact(transaction("event:" + i).event(EVENT).build()));
        }
        assertThatThrownBy(() -> await(store.openPlayer("eve", gold, List.of(), EVENT, NOW)))
                .hasCauseInstanceOf(StoreUnavailableException.class);
        assertThat(await(store.findPlayer("eve"))).isEmpty();
        assertThat(await(store.openPlayer("cat", gold, List.of(), EVENT, NOW)).player())
                .isEqualTo(cat);
    }

    @Test
    void eventsKeepTheirOrderAndHaveNamesOfTheirOwn() {
        await(store.transact(transaction("events:1")
                .event(new OutboxEvent("a.main.hall", new byte[] {1}))
                .event(new OutboxEvent("b.main.hall", new byte[] {2}))
                .leg(ann.id(), bob.id(), Goods.of("gold", 1))
                .build()));
        List<OutboxRow> rows = await(store.outbox(0, 10));
        assertThat(rows).extracting(OutboxRow::messageId).containsExactly("events:1", "events:1#2");
        assertThat(rows).extracting(row -> row.event().routingKey()).containsExactly("a.main.hall", "b.main.hall");
        assertThat(rows.get(1).event().body()).containsExactly(2);
        assertThat(rows.get(0).committed()).asString().startsWith(ann.id() + ">" + bob.id() + "|gold=1 ");
        assertThat(rows.get(1).committed()).as("goods are told once").isEqualTo(CommittedLegs.NONE);
    }

    @Test
    void aValueIsReplacedOnlyByWhoHasSeenIt() {
        assertThat(await(store.kept(ann.id(), "rank"))).isEmpty();
        assertThat(await(store.transact(transaction("put:1")
                                .put(ann.id(), "rank", "first", 0)
                                .put(ann.id(), "deck", "cards", 0)
                                .put(bob.id(), "rank", "second", 0)
                                .build()))
                        .isCommitted())
                .isTrue();
        KeptValue rank = await(store.kept(ann.id(), "rank")).orElseThrow();
        assertThat(rank.value()).asString(UTF_8).isEqualTo("first");
        assertThat(await(store.kept(bob.id(), "rank")).orElseThrow().value())
                .asString(UTF_8)
                .isEqualTo("second");

        assertRefused(
                transaction("put:2")
                        .leg(ann.id(), bob.id(), Goods.of("gold", 1))
                        .put(ann.id(), "new", "1", 0)
                        .put(ann.id(), "rank", "x", 0),
                Refusal.Reason.VALUE_CHANGED,
                1);
        assertThat(await(store.kept(ann.id(), "new"))).isEmpty();
        assertRefused(transaction("put:3").put(ann.id(), "new", "1", 7), Refusal.Reason.VALUE_CHANGED, 0);
        assertThat(await(store.transact(transaction("put:4")
                                .put(ann.id(), "rank", "third", rank.version())
                                .build()))
                        .isCommitted())
                .isTrue();
        KeptValue next = await(store.kept(ann.id(), "rank")).orElseThrow();
        assertThat(next.value()).asString(UTF_8).isEqualTo("third");
        assertThat(next.version()).isGreaterThan(rank.version());
        assertThat(realm.inventory(ann).version()).as("goods were not touched").isEqualTo(1);
    }

    @Test
    void aValueThatWasRemovedAndWrittenAnewIsNotTakenForTheOldOne() {
        await(store.transact(transaction("put:1").put(ann.id(), "rank", "1", 0).build()));
        long version = await(store.kept(ann.id(), "rank")).orElseThrow().version();
        await(store.transact(
                transaction("put:2").put(ann.id(), "rank", "", version).build()));
        assertThat(await(store.kept(ann.id(), "rank"))).isEmpty();
        assertRefused(transaction("put:3").put(ann.id(), "rank", "x", version), Refusal.Reason.VALUE_CHANGED, 0);
        await(store.transact(transaction("put:4").put(ann.id(), "rank", "2", 0).build()));
        assertRefused(transaction("put:5").put(ann.id(), "rank", "x", version), Refusal.Reason.VALUE_CHANGED, 0);
    }

    @Test
    void outcomesAreForgottenByTheAgeOfTheirIdsAndOldIdsAreRefusedFromThenOn() throws Exception {
        for (int i = 0; i < 10; i++) {
            await(store.transact(dated("old:" + i, NOW - 100 * MINUTE + i).build()));
            await(store.transact(
                    transaction("undated:" + i).at(NOW - 100 * MINUTE + i).build()));
            dateOutcomes(Map.of("undated:" + i, NOW - 100 * MINUTE + i));
        }
        await(store.transact(dated("new:1", NOW).build()));
        await(store.transact(transaction("undated:new").at(NOW).build()));
        long line = NOW - 50 * MINUTE;
        int rounds = 0;
        while (Realm.forgetOutcomes(store, line, 3)) {
            assertThat(++rounds).isLessThan(20);
        }
        for (int i = 0; i < 10; i++) {
            assertThat(await(store.findOutcome(
                            dated("old:" + i, NOW - 100 * MINUTE + i).build().id())))
                    .isEmpty();
            assertThat(await(store.findOutcome(TransactionId.undated("undated:" + i))))
                    .isEmpty();
        }
        assertThat(await(store.findOutcome(TransactionDraft.id("new:1", NOW)))).isPresent();
        assertThat(await(store.findOutcome(TransactionId.undated("undated:new"))))
                .isPresent();
        TransactionDraft old = dated("old:1", NOW - 100 * MINUTE + 1).leg(ann.id(), bob.id(), Goods.of("gold", 1));
        assertThatThrownBy(() -> await(store.transact(old.build())))
                .hasCauseInstanceOf(OutcomeForgottenException.class);
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(100);
        assertThat(Realm.forgetOutcomes(store, line - MINUTE, 3))
                .as("the line never goes back")
                .isFalse();
        assertThatThrownBy(() -> await(store.transact(old.build())))
                .hasCauseInstanceOf(OutcomeForgottenException.class);
        assertThat(await(store.transact(dated("old:1", line + MINUTE).build())).isRepeat())
                .isFalse();
    }

    /** What a clock that is ahead would have forgotten, nobody can bring back. */
    @Test
    void outcomesAreForgottenByTheEarlierOfTheStoresClockAndTheCallers() {
        long now = System.currentTimeMillis();
        long year = Duration.ofDays(365).toMillis();
        TransactionId old = await(
                        store.transact(dated("clock:1", now - 120 * MINUTE).build()))
                .id();
        TransactionId young =
                await(store.transact(dated("clock:2", now - MINUTE).build())).id();
        await(store.forgetOutcomes(60 * MINUTE, now - 120 * MINUTE, 100));
        assertThat(await(store.findOutcome(old))).as("young for the caller").isPresent();
        await(store.forgetOutcomes(60 * MINUTE, now + year, 100));
        assertThat(await(store.findOutcome(old))).as("old for both").isEmpty();
        assertThat(await(store.findOutcome(young))).as("young for the store").isPresent();
    }

    @Test
    void aTransactionOfTheLargestSizeIsCarriedOut() {
        TransactionDraft wish = transaction("big:" + "x".repeat(196)).memoBytes(new byte[Transaction.MEMO_BYTES_MAX]);
        for (int i = 0; i < 64; i++) {
            TreeMap<String, Long> four = new TreeMap<>();
            for (int kind = 0; kind < 4; kind++) {
                four.put("k".repeat(29) + (100 + kind), Long.MAX_VALUE / 65);
            }
            wish.leg(
                    new Mint("m".repeat(62) + (10 + i)),
                    i % 2 == 0 ? ann.id() : bob.id(),
                    new Goods(four, new TreeSet<>()));
        }
        for (int i = 0; i < 64; i++) {
            wish.put(ann.id(), "key" + i, "v".repeat(1000), 0);
        }
        assertThat(await(store.transact(wish.build())).isCommitted()).isTrue();
        assertThat(newestEntry().legs()).hasSize(64);
        assertThat(await(store.findOutcome(wish.build().id())).orElseThrow().memo())
                .hasSize(Transaction.MEMO_BYTES_MAX);
        assertThat(await(store.kept(ann.id(), "key63")).orElseThrow().value()).hasSize(1000);
    }

    @Test
    void aTradeIsFoundAsTheTransactionThatItIs() {
        UUID uuid = TransactionDraft.uuidOf(NOW, 1);
        var wish = Realm.wish(uuid, ann, bob, Goods.of("gold", 30), Goods.of("potion", 1), TradeOutcome.COMMITTED);
        await(realm.ask(wish, EVENT));
        TransactionId id = TradeTransactions.id(wish.id());
        assertThat(await(store.findOutcome(id)).orElseThrow().isCommitted()).isTrue();
        assertThat(newestEntry().id()).isEqualTo(id.text());
        assertThat(await(store.outbox(0, 1)))
                .extracting(OutboxRow::messageId)
                .containsExactly(wish.id().toString());
    }

    /** 129 kinds on each side: more than a transaction holds. It would be asked for again and again if it did not end. */
    @Test
    void aTradeOfMoreGoodsThanATransactionHoldsFailsAndStaysSo() {
        TreeMap<String, Long> kinds = new TreeMap<>();
        IntStream.range(0, 129).forEach(i -> kinds.put("kind" + i, 1L));
        Goods much = new Goods(kinds, new TreeSet<>());
        SettledTrade first = realm.settle(Realm.wish(ann, bob, much, much));
        assertThat(first.outcome()).isEqualTo(TradeOutcome.FAILED);
        assertThat(first.reason()).isEqualTo(ErrorCode.TRADE_BAD_GOODS);
        assertThat(await(store.findOutcome(TradeTransactions.id(first.id())))
                        .map(found -> TradeTransactions.settled(first.id(), found)))
                .contains(first);
    }

    static Stream<TransactionDraft> malformed() {
        PlayerId one = new PlayerId(1);
        PlayerId two = new PlayerId(2);
        Goods gold = Goods.of("gold", 1);
        TransactionDraft manyLegs = transaction("bad:many");
        IntStream.range(0, 65).forEach(i -> manyLegs.leg(one, two, gold));
        TransactionDraft manyGoods = transaction("bad:many");
        IntStream.range(0, 257).forEach(i -> manyGoods.leg(i % 5 == 0 ? one : two, SHOP, Goods.ofItem(i + 1)));
        TransactionDraft manyBytes = transaction("bad:bytes").event(EVENT);
        IntStream.range(0, 4).forEach(i -> manyBytes.put(one, "key" + i, "v".repeat(64 * 1024), 0));
        TreeSet<Long> items = new TreeSet<>();
        IntStream.range(0, 257).forEach(i -> items.add(i + 1L));
        return Stream.of(
                transaction(""),
                transaction("kindless"),
                transaction(":1"),
                transaction("shop:1#2"),
                transaction("bad:a b"),
                transaction("bad:\u00fc"),
                transaction("bad:" + "x".repeat(197)),
                manyLegs,
                manyGoods,
                transaction("bad:items").leg(one, SHOP, new Goods(new TreeMap<>(), items)),
                transaction("bad:none").leg(one, two, Goods.NONE),
                transaction("bad:zero").leg(one, two, Goods.of("gold", 0)),
                transaction("bad:less").leg(one, two, Goods.of("gold", -1)),
                transaction("bad:kind").leg(one, two, Goods.of("no kind", 1)),
                transaction("bad:item").leg(one, two, Goods.ofItem(0)),
                transaction("bad:twice").leg(one, two, Goods.ofItem(5)).leg(two, one, Goods.ofItem(5)),
                transaction("bad:self").leg(one, one, gold),
                transaction("bad:mints").leg(SHOP, FORGE, gold),
                transaction("bad:maker").leg(one, two, gold, "bow"),
                transaction("bad:made").leg(SHOP, one, gold, "no kind"),
                transaction("bad:mint-item").leg(SHOP, one, Goods.ofItem(5)),
                transaction("bad:sum")
                        .leg(one, two, Goods.of("gold", Long.MAX_VALUE))
                        .leg(one, SHOP, Goods.of("gold", 1)),
                transaction("bad:sum")
                        .leg(SHOP, two, Goods.of("gold", Long.MAX_VALUE))
                        .leg(FORGE, two, Goods.of("gold", 1)),
                transaction("bad:memo").memoBytes(new byte[64 * 1024 + 1]),
                transaction("bad:body").event(new OutboxEvent("a.main.hall", new byte[256 * 1024])),
                transaction("bad:key").event(new OutboxEvent("a".repeat(256), new byte[0])),
                manyBytes,
                transaction("bad:value").put(one, "key", "v".repeat(64 * 1024 + 1), 0),
                transaction("bad:key").put(one, "no key", "1", 0),
                transaction("bad:version").put(one, "key", "1", -1),
                transaction("bad:again").put(one, "key", "1", 0).put(one, "key", "2", 0));
    }

    /** An operator chose the reference, perhaps long ago. */
    @Test
    void aGrantsReferenceMayHaveAnyCharacter() {
        for (String reference : List.of("gift#2", "#", "no-colon", "a:b#c")) {
            Grant grant = Realm.stacks("gold", 1);
            await(Realm.grant(store, ann.id(), grant, reference, NOW));
            assertThat(await(Realm.grant(store, ann.id(), grant, reference, NOW))
                            .isRepeat())
                    .isTrue();
            assertThat(await(Realm.findGrant(store, reference))).isPresent();
        }
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(104);
    }

    @ParameterizedTest
    @MethodSource
    void malformed(TransactionDraft draft) {
        assertThatThrownBy(() -> await(store.transact(draft.build())))
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("malformed");
        assertThat(realm.inventory(ann).stacks()).isEqualTo(Map.of("gold", 100L));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 20261128})
    void theStoreAgreesWithTheModel(long seed) throws Exception {
        new TransactionSchedule(store, seed, this::dateOutcomes).run(60, open -> {
            store = reopened(open);
            return store;
        });
    }

    protected static TransactionDraft dated(String id, long bornMillis) {
        return transaction(id).born(bornMillis);
    }

    private LedgerEntry newestEntry() {
        List<LedgerEntry> all = await(store.ledger("", 1000));
        return all.get(all.size() - 1);
    }

    private Refusal assertRefused(TransactionDraft draft, Refusal.Reason reason, int index) {
        Map<Player, ?> before = Map.of(ann, realm.inventory(ann), bob, realm.inventory(bob));
        TransactionResult result = await(store.transact(draft.build()));
        Refusal refusal = Objects.requireNonNull(result.refusal(), "it was committed");
        assertThat(refusal.reason()).as(refusal.text()).isEqualTo(reason);
        assertThat(refusal.index()).as(refusal.text()).isEqualTo(index);
        assertThat(result.isRepeat()).isFalse();
        assertThat(result.changes()).isEmpty();
        assertThat(Map.of(ann, realm.inventory(ann), bob, realm.inventory(bob))).isEqualTo(before);
        return refusal;
    }

    private static GoodsChange change(
            long version, Map<String, Long> counts, Map<Long, String> itemsIn, Set<Long> itemsOut) {
        return new GoodsChange(version, new TreeMap<>(counts), new TreeMap<>(itemsIn), new TreeSet<>(itemsOut));
    }
}
