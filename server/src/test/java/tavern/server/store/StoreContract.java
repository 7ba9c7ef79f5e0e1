package tavern.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tavern.server.store.Realm.EVENT;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.Realm.ROOM;
import static tavern.server.store.Realm.await;
import static tavern.server.store.Realm.stacks;
import static tavern.server.store.Realm.wish;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Goods;
import tavern.server.game.Player;
import tavern.server.game.PlayerId;
import tavern.server.game.Position;
import tavern.server.game.RoomId;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;

/** What every store must do, whatever it is made of. After each test all goods are accounted for. */
public abstract class StoreContract {
    protected static final int IN_FLIGHT_MAX = 256;
    protected static final int OUTBOX_ROWS_MAX = 50;

    protected Store store;
    protected Realm realm;
    private Player ann;
    private Player bob;

    /** A new, empty store with the two limits above. */
    protected abstract Store open() throws Exception;

    @BeforeEach
    void openStore() throws Exception {
        store = open();
        realm = new Realm(store);
        ann = realm.open("ann", "gold", 100);
        bob = realm.open("bob", "potion", 10);
    }

    @AfterEach
    void everythingIsAccountedForThenClose() {
        assertThat(await(store.checkConservation()).differences()).isEmpty();
        assertThat(store.stats().inFlight()).isZero();
        store.close();
    }

    @Test
    void aNewPlayerGetsTheKitOnceAndAnOldOneIsFound() {
        Goods kit = Goods.of("gold", 7);
        PlayerRecord first = await(store.openPlayer("cleo", kit, List.of("sword", "sword"), NOW));
        PlayerRecord again = await(store.openPlayer("cleo", kit, List.of("sword"), NOW + 1));
        assertThat(first.inventory().stacks()).containsExactly(Map.entry("gold", 7L));
        assertThat(first.inventory().items().values()).containsExactly("sword", "sword");
        assertThat(first.player().id().value()).isPositive();
        assertThat(again).isEqualTo(first);
        assertThat(await(store.findPlayer("cleo"))).contains(first);
        assertThat(await(store.findPlayer(first.player().id()))).contains(first);
    }

    @Test
    void anUnknownPlayerIsNotFound() {
        assertThat(await(store.findPlayer("nobody"))).isEmpty();
        assertThat(await(store.findPlayer(new PlayerId(999)))).isEmpty();
    }

    @Test
    void aCommittedTradeMovesTheGoodsOfBothSidesAndTellsWhatBothOwn() {
        long sword = realm.item(bob, "sword");
        long before = realm.inventory(bob).version();
        Goods want = new Goods(new TreeMap<>(Map.of("potion", 10L)), new TreeSet<>(List.of(sword)));
        SettledTrade settled = realm.settle(wish(ann, bob, Goods.of("gold", 30), want));
        assertThat(settled.outcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(settled.reason()).isEqualTo(ErrorCode.OK);
        assertThat(settled.proposerAfter()).isEqualTo(realm.inventory(ann));
        assertThat(settled.partnerAfter()).isEqualTo(realm.inventory(bob));
        assertThat(realm.inventory(ann).stacks()).isEqualTo(Map.of("gold", 70L, "potion", 10L));
        assertThat(realm.inventory(ann).items()).isEqualTo(Map.of(sword, "sword"));
        assertThat(realm.inventory(bob).stacks()).isEqualTo(Map.of("gold", 30L));
        assertThat(realm.inventory(bob).items()).isEmpty();
        assertThat(realm.inventory(bob).version()).isGreaterThan(before);
    }

    @Test
    void aRepeatGivesTheFirstOutcomeAndChangesNothingWhateverItsContents() {
        Settlement wish = wish(ann, bob, Goods.of("gold", 30), Goods.of("potion", 1));
        SettledTrade first = realm.settle(wish);
        SettledTrade again = realm.settle(wish);
        SettledTrade other =
                realm.settle(wish(wish.id().uuid(), ann, bob, Goods.of("gold", 1), Goods.NONE, TradeOutcome.CANCELLED));
        assertThat(again).isEqualTo(withoutInventories(first)).isEqualTo(other);
        assertThat(await(store.findTrade(wish.id()))).contains(again);
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(70);
    }

    @Test
    void aRepeatInTheSameMomentMovesTheGoodsOnce() {
        Settlement wish = wish(ann, bob, Goods.of("gold", 30), Goods.NONE);
        List<SettledTrade> answers = IntStream.range(0, 20).mapToObj(i -> realm.ask(wish, EVENT)).toList().stream()
                .map(Realm::await)
                .toList();
        assertThat(answers).extracting(SettledTrade::outcome).containsOnly(TradeOutcome.COMMITTED);
        assertThat(answers).filteredOn(trade -> trade.proposerAfter() != null).hasSize(1);
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(70);
        assertThat(await(store.outbox(0, 100))).hasSize(1);
    }

    @Test
    void aTradeThatWasNeverSettledIsNotFound() {
        assertThat(await(store.findTrade(wish(ann, bob, Goods.NONE, Goods.NONE).id())))
                .isEmpty();
    }

    @Test
    void theSameUuidOfTwoPlayersIsTwoTrades() {
        UUID uuid = UUID.randomUUID();
        realm.settle(wish(uuid, ann, bob, Goods.of("gold", 1), Goods.NONE, TradeOutcome.COMMITTED));
        realm.settle(wish(uuid, bob, ann, Goods.of("potion", 1), Goods.NONE, TradeOutcome.COMMITTED));
        assertThat(realm.inventory(ann).stacks()).isEqualTo(Map.of("gold", 99L, "potion", 1L));
    }

    @ParameterizedTest
    @EnumSource(names = {"DECLINED", "CANCELLED", "EXPIRED"})
    void anEndWithoutCommitMovesNothingAndIsRemembered(TradeOutcome outcome) {
        UUID uuid = UUID.randomUUID();
        SettledTrade ended = await(realm.ask(wish(uuid, ann, bob, Goods.of("gold", 1), Goods.NONE, outcome), EVENT));
        SettledTrade late = realm.settle(wish(uuid, ann, bob, Goods.of("gold", 1), Goods.NONE, TradeOutcome.COMMITTED));
        assertThat(ended.outcome()).isEqualTo(outcome);
        assertThat(late).isEqualTo(ended);
        assertThat(await(store.findTradeRecord(ended.id()))).contains(new TradeRecord(ended, ROOM));
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(100);
        assertThat(await(store.outbox(0, 10))).isEmpty();
    }

    @Test
    void goodsThatAreMissingOnEitherSideFailTheTradeAndItStaysFailed() {
        Settlement proposerLacks = wish(ann, bob, Goods.of("gold", 101), Goods.NONE);
        assertFailed(proposerLacks, ErrorCode.TRADE_INSUFFICIENT);
        assertFailed(wish(ann, bob, Goods.of("gold", 1), Goods.of("potion", 11)), ErrorCode.TRADE_INSUFFICIENT);
        assertFailed(wish(ann, bob, Goods.ofItem(realm.item(bob, "bow")), Goods.NONE), ErrorCode.TRADE_INSUFFICIENT);
        assertFailed(wish(ann, bob, Goods.NONE, Goods.ofItem(realm.item(ann, "bow"))), ErrorCode.TRADE_INSUFFICIENT);
        await(store.grant(ann.id(), stacks("gold", 1000), "more", NOW));
        assertThat(realm.settle(proposerLacks).reason()).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
        assertThat(await(store.outbox(0, 10))).isEmpty();
    }

    @Test
    void aCountThatWouldPassTheLargestFails() {
        await(store.grant(bob.id(), stacks("gold", Long.MAX_VALUE), "all", NOW));
        assertFailed(wish(ann, bob, Goods.of("gold", 1), Goods.NONE), ErrorCode.TRADE_BAD_AMOUNT);
        assertFailed(wish(bob, ann, Goods.of("gold", Long.MAX_VALUE), Goods.NONE), ErrorCode.TRADE_BAD_AMOUNT);
        SettledTrade swap = realm.settle(wish(ann, bob, Goods.of("gold", 5), Goods.of("gold", 5)));
        assertThat(swap.outcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(realm.inventory(bob).count("gold")).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void countsThatAreNotPositiveFail() {
        assertFailed(wish(ann, bob, Goods.of("gold", -5), Goods.NONE), ErrorCode.TRADE_BAD_AMOUNT);
        assertFailed(wish(ann, bob, Goods.NONE, Goods.of("potion", 0)), ErrorCode.TRADE_BAD_AMOUNT);
        assertFailed(wish(ann, bob, Goods.of("gold", Long.MIN_VALUE), Goods.NONE), ErrorCode.TRADE_BAD_AMOUNT);
    }

    @Test
    void aTradeWithOneselfFails() {
        assertFailed(wish(ann, ann, Goods.of("gold", 1), Goods.of("gold", 1)), ErrorCode.TRADE_BAD_PARTNER);
    }

    @Test
    void aTradeWithNobodyIsRefusedAndNotRemembered() {
        Settlement wish = wish(ann, new Player(new PlayerId(999), "ghost"), Goods.of("gold", 1), Goods.NONE);
        assertThatThrownBy(() -> realm.settle(wish)).hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(await(store.findTrade(wish.id()))).isEmpty();
    }

    @Test
    void aTradeUnderSomebodyElsesIdIsRefused() {
        Settlement own = wish(ann, bob, Goods.of("gold", 1), Goods.NONE);
        Settlement forged = new Settlement(own.id(), bob, ann, own.terms(), TradeOutcome.COMMITTED);
        assertThatThrownBy(() -> realm.settle(forged)).hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(await(store.findTrade(own.id()))).isEmpty();
    }

    @Test
    void aUniqueItemGoesToOneOfManyWhoWantIt() throws Exception {
        long crown = realm.item(ann, "crown");
        List<Player> buyers = IntStream.range(0, 40)
                .mapToObj(i -> realm.open("buyer" + i, "gold", 10))
                .toList();
        List<SettledTrade> answers = buyers.parallelStream()
                .map(buyer -> realm.settle(wish(ann, buyer, Goods.ofItem(crown), Goods.of("gold", 10))))
                .toList();
        assertThat(answers)
                .filteredOn(trade -> trade.outcome() == TradeOutcome.COMMITTED)
                .hasSize(1);
        assertThat(answers).extracting(SettledTrade::reason).containsOnly(ErrorCode.OK, ErrorCode.TRADE_INSUFFICIENT);
        assertThat(buyers)
                .filteredOn(buyer -> realm.inventory(buyer).owns(crown))
                .hasSize(1);
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(110);
    }

    @Test
    void anOlderOwnersSettlementFailsAndLeavesNoTrace() {
        Settlement wish = wish(ann, bob, Goods.of("gold", 1), Goods.NONE);
        Realm successor = new Realm(store);
        assertThatThrownBy(() -> realm.settle(wish)).hasCauseInstanceOf(StaleFenceException.class);
        assertThat(await(store.findTrade(wish.id()))).isEmpty();
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(100);
        assertThat(successor.settle(wish).outcome()).isEqualTo(TradeOutcome.COMMITTED);
    }

    @Test
    void aFenceThatWasNeverGivenIsStale() {
        Settlement wish = wish(ann, bob, Goods.of("gold", 1), Goods.NONE);
        for (long fence : new long[] {0, realm.fence() + 1}) {
            RoomId room = fence == 0 ? new RoomId("unowned") : ROOM;
            assertThatThrownBy(() -> await(store.settle(wish, room, fence, NOW, null)))
                    .hasCauseInstanceOf(StaleFenceException.class);
        }
    }

    @Test
    void fencesGrowEvenWhenTheClockGoesBackAndEachRoomHasItsOwn() {
        assertThat(realm.fence()).isGreaterThanOrEqualTo(NOW * 1000);
        long next = Realm.acquire(store, ROOM, 5);
        assertThat(next).isGreaterThan(realm.fence());
        Realm.acquire(store, new RoomId("cellar"), NOW + 2);
        assertThat(Realm.acquire(store, ROOM, NOW + 1)).isGreaterThan(next);
    }

    @Test
    void aLeaseIsRenewedUntilAnotherFenceIsGiven() {
        LeaseKey key = LeaseKey.room(ROOM);
        String holder = "test@127.0.0.1:1";
        assertThat(await(store.renewLeases(Map.of(key, realm.fence()), holder, 60_000)))
                .isEmpty();
        long next = Realm.acquire(store, ROOM, NOW);
        assertThat(await(store.renewLeases(Map.of(key, realm.fence()), holder, 60_000)))
                .containsExactly(key);
        assertThat(await(store.renewLeases(Map.of(key, next), holder, 60_000))).isEmpty();
    }

    @Test
    void aReleasedLeaseCanBeAcquiredAndOnlyByItsNewestFenceIsItReleased() {
        await(store.releaseLease(LeaseKey.room(ROOM), realm.fence()));
        LeaseAnswer granted = await(store.acquireLease(LeaseKey.room(ROOM), "other@127.0.0.1:2", 60_000, NOW));
        assertThat(granted).isInstanceOf(LeaseAnswer.Granted.class);
        await(store.releaseLease(LeaseKey.room(ROOM), realm.fence()));
        long fence = ((LeaseAnswer.Granted) granted).fence();
        assertThat(await(store.renewLeases(Map.of(LeaseKey.room(ROOM), fence), "other@127.0.0.1:2", 60_000)))
                .isEmpty();
    }

    @Test
    void anOlderOwnerWritesNeitherChatNorPositions() {
        Realm.acquire(store, ROOM, NOW);
        assertThatThrownBy(() -> await(store.appendChat(ROOM, realm.fence(), realm.fence(), lines("late"), 3)))
                .hasCauseInstanceOf(StaleFenceException.class);
        assertThatThrownBy(() -> await(store.savePositions(ROOM, realm.fence(), List.of(stood(1, 1)))))
                .hasCauseInstanceOf(StaleFenceException.class);
        assertThat(await(store.chat(ROOM, 10))).isEmpty();
    }

    @Test
    void chatThatIsWrittenAgainStandsThereOnce() {
        long first = realm.fence();
        await(store.appendChat(ROOM, first, first, lines("a", "b"), 10));
        await(store.appendChat(ROOM, first, first, lines("a", "b", "c"), 10));
        await(store.appendChat(ROOM, first, first + 3, lines("d"), 10));
        assertThat(await(store.chat(ROOM, 10))).isEqualTo(lines("a", "b", "c", "d"));
    }

    @Test
    void ofLinesThatAreWrittenAgainOnlyTheNewOnesAreAppended() {
        int keep = 7;
        long seed = 20261125;
        Random random = new Random(seed);
        List<ChatLine> said = new ArrayList<>();
        for (int round = 0; round < 200; round++) {
            int repeated = Math.min(random.nextInt(5), said.size());
            long first = realm.fence() + said.size() - repeated;
            // Under a number that stands there already it is never looked at what is said.
            List<ChatLine> lines = new ArrayList<>(Collections.nCopies(repeated, new ChatLine("bob", "no", NOW)));
            for (int fresh = random.nextInt(5); fresh > 0; fresh--) {
                ChatLine line = new ChatLine("ann", "line " + said.size(), NOW + said.size());
                lines.add(line);
                said.add(line);
            }
            await(store.appendChat(ROOM, realm.fence(), first, lines, keep));
            assertThat(await(store.chat(ROOM, keep)))
                    .as("round %d of seed %d", round, seed)
                    .isEqualTo(said.subList(Math.max(0, said.size() - keep), said.size()));
            assertThat(await(store.chat(ROOM, 1000))).hasSizeLessThan(2 * keep);
        }
    }

    @Test
    void noChatIsKeptWhereNoneIsToBe() {
        long own = realm.fence();
        await(store.appendChat(ROOM, own, own, lines("a", "b"), 10));
        await(store.appendChat(ROOM, own, own + 2, lines("c"), 0));
        assertThat(await(store.chat(ROOM, 10))).isEmpty();
        await(store.appendChat(ROOM, own, own + 3, List.of(), 10));
        assertThat(await(store.chat(ROOM, 10))).isEmpty();
        await(store.appendChat(ROOM, own, own + 3, lines("d"), 10));
        assertThat(await(store.chat(ROOM, 10))).isEqualTo(lines("d"));
    }

    @Test
    void linesAreGivenBackAsTheyWereWritten() {
        List<ChatLine> lines = List.of(
                new ChatLine("ann", "\u00fc \ud83c\udf7a 100 % 'or' \"1\"", NOW),
                new ChatLine("\u00c5sa", " two  spaces ", NOW - 5_000),
                new ChatLine("bob", "x".repeat(2000), NOW + 86_400_000));
        await(store.appendChat(ROOM, realm.fence(), realm.fence(), lines, 10));
        assertThat(await(store.chat(ROOM, 10))).isEqualTo(lines);
        assertThat(await(store.chat(ROOM, 0))).isEmpty();
    }

    @Test
    void aGrantIsDoneOnceForItsReference() {
        Grant grant = new Grant(new TreeMap<>(Map.of("gold", 5L)), List.of("bow"), new TreeSet<>());
        var first = await(store.grant(ann.id(), grant, "quest-1", NOW));
        var again = await(store.grant(ann.id(), grant, "quest-1", NOW));
        assertThat(first.count("gold")).isEqualTo(105);
        assertThat(first.items().values()).containsExactly("bow");
        assertThat(again).isEqualTo(first).isEqualTo(realm.inventory(ann));
    }

    @Test
    void whatIsTakenBackIsGoneAndItsItemIdIsNeverUsedAgain() {
        long bow = realm.item(ann, "bow");
        Grant back = new Grant(new TreeMap<>(Map.of("gold", -100L)), List.of(), new TreeSet<>(List.of(bow)));
        var left = await(store.grant(ann.id(), back, "fine", NOW));
        assertThat(left.stacks()).isEmpty();
        assertThat(left.items()).isEmpty();
        assertThat(realm.item(bob, "bow")).isGreaterThan(bow);
    }

    @Test
    void takingBackWhatIsNotThereChangesNothingAndSaysWhatIsMissing() {
        long bow = realm.item(bob, "bow");
        Grant back = new Grant(new TreeMap<>(Map.of("gold", -101L)), List.of("bow"), new TreeSet<>(List.of(bow)));
        assertThatThrownBy(() -> await(store.grant(ann.id(), back, "fine", NOW)))
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gold")
                .hasMessageContaining("item " + bow);
        assertThat(realm.inventory(ann).stacks()).isEqualTo(Map.of("gold", 100L));
        assertThat(await(store.grant(ann.id(), stacks("gold", -1), "fine", NOW)).count("gold"))
                .as("the reference was not used up")
                .isEqualTo(99);
    }

    @Test
    void aGrantThatPassesTheLargestCountIsRefused() {
        assertThatThrownBy(() -> await(store.grant(ann.id(), stacks("gold", Long.MAX_VALUE), "too-much", NOW)))
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> await(store.grant(ann.id(), stacks("gold", Long.MIN_VALUE), "too-little", NOW)))
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sanctionsAreKeptAndLifted() {
        await(store.sanction(ann.id(), new Sanction(Sanction.Kind.BAN, NOW + 5, "cheating"), NOW));
        await(store.sanction(ann.id(), new Sanction(Sanction.Kind.MUTE, NOW + 9, "shouting"), NOW));
        PlayerRecord record = await(store.findPlayer("ann")).orElseThrow();
        assertThat(record.bannedUntilMillis()).isEqualTo(NOW + 5);
        assertThat(record.banReason()).isEqualTo("cheating");
        assertThat(record.mutedUntilMillis()).isEqualTo(NOW + 9);
        var lifted = await(store.sanction(ann.id(), new Sanction(Sanction.Kind.BAN, 0, ""), NOW));
        assertThat(lifted.bannedUntilMillis()).isZero();
        assertThat(lifted.mutedUntilMillis()).isEqualTo(NOW + 9);
    }

    @Test
    void theOutboxKeepsTheOrderOfCommitsUntilRowsAreRemoved() {
        List<SettledTrade> trades = IntStream.range(0, 5)
                .mapToObj(i -> await(realm.ask(wish(ann, bob, Goods.of("gold", 1), Goods.NONE), EVENT)))
                .toList();
        List<OutboxRow> rows = await(store.outbox(0, 100));
        assertThat(rows)
                .extracting(OutboxRow::messageId)
                .containsExactlyElementsOf(
                        trades.stream().map(trade -> trade.id().toString()).toList());
        assertThat(rows).extracting(OutboxRow::sequence).isSorted().doesNotHaveDuplicates();
        assertThat(rows.get(0).event().body()).isEqualTo(EVENT.body());
        assertThat(rows.get(0).event().routingKey()).isEqualTo(EVENT.routingKey());
        assertThat(await(store.outbox(rows.get(1).sequence(), 2)))
                .extracting(OutboxRow::messageId)
                .containsExactly(rows.get(2).messageId(), rows.get(3).messageId());
        List<Long> published = List.of(rows.get(0).sequence(), rows.get(3).sequence());
        await(store.removeOutbox(published));
        await(store.removeOutbox(published));
        assertThat(await(store.outbox(0, 100)))
                .extracting(OutboxRow::sequence)
                .containsExactly(
                        rows.get(1).sequence(),
                        rows.get(2).sequence(),
                        rows.get(4).sequence());
        assertThat(store.stats().outboxRows()).isEqualTo(3);
    }

    @Test
    void aFullOutboxRefusesTradesUntilRowsArePublished() {
        Settlement first = wish(ann, bob, Goods.of("gold", 1), Goods.NONE);
        await(realm.ask(first, EVENT));
        for (int i = 1; i < OUTBOX_ROWS_MAX; i++) {
            await(realm.ask(wish(ann, bob, Goods.of("gold", 1), Goods.NONE), EVENT));
        }
        Settlement refused = wish(ann, bob, Goods.of("gold", 1), Goods.NONE);
        assertThatThrownBy(() -> await(realm.ask(refused, EVENT)))
                .hasCauseInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining(OUTBOX_ROWS_MAX + " of " + OUTBOX_ROWS_MAX);
        assertThat(await(store.findTrade(refused.id()))).isEmpty();
        assertThat(await(realm.ask(first, EVENT)).outcome()).isEqualTo(TradeOutcome.COMMITTED);
        await(store.removeOutbox(List.of(await(store.outbox(0, 1)).get(0).sequence())));
        assertThat(await(realm.ask(refused, EVENT)).outcome()).isEqualTo(TradeOutcome.COMMITTED);
    }

    @Test
    void aRoomsChatIsKeptInOrderAndTrimmed() {
        RoomId other = new RoomId("cellar");
        long fence = Realm.acquire(store, other, NOW);
        long own = realm.fence();
        await(store.appendChat(other, fence, fence, List.of(new ChatLine("bob", "elsewhere", NOW)), 3));
        await(store.appendChat(ROOM, own, own, lines("a", "b"), 3));
        await(store.appendChat(ROOM, own, own + 2, lines("c", "d", "e"), 3));
        assertThat(await(store.chat(ROOM, 10))).isEqualTo(lines("c", "d", "e"));
        assertThat(await(store.chat(ROOM, 2))).isEqualTo(lines("d", "e"));
        assertThat(await(store.chat(other, 10))).extracting(ChatLine::text).containsExactly("elsewhere");
    }

    @Test
    void theLastPositionInEachRoomIsKept() {
        await(store.savePositions(ROOM, realm.fence(), List.of(new PlayerPosition(ann.id(), new Position(1, 2)))));
        await(store.savePositions(ROOM, realm.fence(), List.of(new PlayerPosition(ann.id(), new Position(-3, 4)))));
        assertThat(await(store.position(ROOM, ann.id()))).contains(new Position(-3, 4));
        assertThat(await(store.position(ROOM, bob.id()))).isEmpty();
        assertThat(await(store.position(new RoomId("cellar"), ann.id()))).isEmpty();
    }

    @Test
    void whatOperatorsDidIsChainedAndNothingIsPutBetween() {
        AuditEntry first = AuditEntry.after(null, fact("kick"));
        AuditEntry second = AuditEntry.after(first, fact("mute"));
        assertThat(await(store.newestAudit())).isEmpty();
        assertThat(await(store.appendAudit(second))).as("before the first").isFalse();
        assertThat(await(store.appendAudit(first))).isTrue();
        assertThat(await(store.appendAudit(first))).as("a second time").isFalse();
        assertThat(await(store.appendAudit(AuditEntry.after(second, fact("ban")))))
                .as("with a gap")
                .isFalse();
        assertThat(await(store.appendAudit(second))).isTrue();
        AuditEntry other =
                AuditEntry.after(AuditEntry.after(AuditEntry.after(null, fact("grant")), fact("mute")), fact("ban"));
        assertThat(await(store.appendAudit(other))).as("of another chain").isFalse();
        assertThat(await(store.newestAudit())).contains(second);
        assertThat(await(store.audit(0, 10))).containsExactly(first, second);
        assertThat(await(store.audit(1, 10))).containsExactly(second);
        assertThat(await(store.audit(0, 1))).containsExactly(first);
    }

    @Test
    void theLedgerIsReadPageByPageInTheOrderOfItsCommits() {
        long bow = realm.item(bob, "bow");
        Goods want = new Goods(new TreeMap<>(Map.of("potion", 2L)), new TreeSet<>(List.of(bow)));
        Settlement wish = wish(ann, bob, Goods.of("gold", 30), want);
        realm.settle(wish);
        realm.settle(wish(ann, bob, Goods.of("gold", 1000), Goods.NONE));
        realm.settle(wish(UUID.randomUUID(), ann, bob, Goods.of("gold", 1), Goods.NONE, TradeOutcome.DECLINED));
        Grant fine = new Grant(new TreeMap<>(Map.of("gold", -5L)), List.of(), new TreeSet<>(List.of(bow)));
        await(store.grant(ann.id(), fine, "fine", NOW + 7));

        List<LedgerEntry> all = await(store.ledger("", 100));
        assertThat(all).extracting(LedgerEntry::isTrade).containsExactly(false, false, false, true, false);
        assertThat(all.get(0).reference()).isEqualTo("starter:" + ann.id());
        assertThat(all.get(0).got()).isEqualTo(Goods.of("gold", 100));
        assertThat(all.get(2).made()).isEqualTo(Map.of(bow, "bow"));
        assertThat(all.get(2).account()).isEqualTo(bob);
        LedgerEntry trade = all.get(3);
        assertThat(trade.reference()).isEqualTo(wish.id().toString());
        assertThat(trade.account()).isEqualTo(ann);
        assertThat(trade.other()).isEqualTo(bob);
        assertThat(trade.room()).isEqualTo(ROOM);
        assertThat(trade.gave()).isEqualTo(Goods.of("gold", 30));
        assertThat(trade.got()).isEqualTo(want);
        assertThat(trade.made()).isEmpty();
        assertThat(trade.atMillis()).isEqualTo(NOW);
        LedgerEntry taken = all.get(4);
        assertThat(taken.reference()).isEqualTo("fine");
        assertThat(taken.gave()).isEqualTo(new Goods(new TreeMap<>(Map.of("gold", 5L)), new TreeSet<>(List.of(bow))));
        assertThat(taken.got()).isEqualTo(Goods.NONE);
        assertThat(taken.atMillis()).isEqualTo(NOW + 7);

        List<LedgerEntry> paged = new ArrayList<>();
        List<LedgerEntry> page = await(store.ledger("", 2));
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(2);
            paged.addAll(page);
            page = await(store.ledger(page.get(page.size() - 1).position(), 2));
        }
        assertThat(paged).isEqualTo(all);
    }

    @Test
    void grantsAndTradesOfTheSameMomentStandInTheLedgerEachInOnePiece() {
        List<CompletionStage<?>> asked = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Goods many = new Goods(new TreeMap<>(Map.of("gold", 1L)), new TreeSet<>());
            asked.add(realm.ask(wish(ann, bob, many, Goods.NONE), null));
            Grant grant = new Grant(new TreeMap<>(Map.of("gold", 1L, "pearl", 2L)), List.of("bow"), new TreeSet<>());
            asked.add(store.grant(ann.id(), grant, "g" + i, NOW));
        }
        asked.forEach(Realm::await);
        List<LedgerEntry> all = await(store.ledger("", 1000));
        assertThat(all).hasSize(122);
        assertThat(all).extracting(LedgerEntry::reference).doesNotHaveDuplicates();
        assertThat(all.subList(2, 122)).allSatisfy(entry -> {
            assertThat(entry.gave()).isEqualTo(entry.isTrade() ? Goods.of("gold", 1) : Goods.NONE);
            assertThat(entry.got().items()).hasSize(entry.isTrade() ? 0 : 1);
            assertThat(entry.got().stacks()).isEqualTo(entry.isTrade() ? Map.of() : Map.of("gold", 1L, "pearl", 2L));
        });
    }

    @Test
    void holdingsGoWithTheEndOfTheLedgerAtThatMoment() {
        Player cleo = realm.open("cleo", "gold", 3);
        realm.settle(wish(ann, bob, Goods.of("gold", 30), Goods.of("potion", 2)));
        List<LedgerEntry> ledger = await(store.ledger("", 100));
        String end = ledger.get(ledger.size() - 1).position();
        Holdings first = await(store.holdings(0, 2));
        assertThat(first.position()).isEqualTo(end);
        assertThat(first.isLast()).isFalse();
        assertThat(first.through()).isEqualTo(bob.id().value());
        assertThat(first.inventories())
                .isEqualTo(Map.of(ann.id(), realm.inventory(ann), bob.id(), realm.inventory(bob)));
        Holdings rest = await(store.holdings(first.through(), 2));
        assertThat(rest.isLast()).isTrue();
        assertThat(rest.through()).isEqualTo(Long.MAX_VALUE);
        assertThat(rest.inventories()).isEqualTo(Map.of(cleo.id(), realm.inventory(cleo)));
        assertThat(rest.unreadable()).isEmpty();
    }

    private static AuditEntry.Fact fact(String action) {
        return new AuditEntry.Fact(NOW, "ann (admin)", "127.0.0.1", action, "bob", "spam; \u00fc", "done");
    }

    @Test
    void moreOperationsThanMayBeInFlightAreRefusedAtOnceWithTheNumbers() {
        var answers = IntStream.range(0, 20 * IN_FLIGHT_MAX)
                .mapToObj(i -> store.savePositions(
                        ROOM,
                        realm.fence(),
                        IntStream.range(1, 20).mapToObj(id -> stood(id, i)).toList()))
                .map(stage -> stage.handle((done, failure) -> failure).toCompletableFuture())
                .toList();
        List<Throwable> failures =
                answers.stream().map(Realm::await).filter(Objects::nonNull).toList();
        assertThat(failures)
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining(IN_FLIGHT_MAX + " of " + IN_FLIGHT_MAX));
        assertThat(failures.size()).isLessThanOrEqualTo(19 * IN_FLIGHT_MAX);
        assertThat(await(store.findPlayer("ann"))).isPresent();
    }

    @Test
    void whatIsStoppedIsRememberedUntilItIsLiftedAndEachChangeHasAVersion() {
        FreezeRow trades = new FreezeRow("TRADES", "EVERYWHERE", "", "a bug: 5 % & more\u00e9", NOW);
        FreezeRow chat = new FreezeRow("CHAT", "PLAYER", "ann|x@y", "spam", NOW + 1);
        assertThat(await(store.freezes()).rows()).isEmpty();
        long empty = await(store.freezesVersion());
        assertThat(await(store.freeze(trades, 2))).isTrue();
        assertThat(await(store.freeze(chat, 2))).isTrue();
        assertThat(await(store.freezes()).rows()).containsExactlyInAnyOrder(trades, chat);
        long two = await(store.freezesVersion());
        assertThat(two).isNotEqualTo(empty).isEqualTo(await(store.freezes()).version());

        FreezeRow anew = new FreezeRow("CHAT", "PLAYER", "ann|x@y", "more spam", NOW + 2);
        assertThat(await(store.freeze(anew, 2))).as("no more than before").isTrue();
        assertThat(await(store.freeze(new FreezeRow("CHAT", "ROOM", "hall", "", NOW), 2)))
                .as("one too many")
                .isFalse();
        assertThat(await(store.freezes()).rows()).containsExactlyInAnyOrder(trades, anew);
        assertThat(await(store.freezesVersion())).isNotEqualTo(two);

        assertThat(await(store.unfreeze(chat))).isTrue();
        assertThat(await(store.unfreeze(chat))).isFalse();
        assertThat(await(store.freezes()).rows()).containsExactly(trades);
        assertThat(await(store.freezesVersion()))
                .isEqualTo(await(store.freezes()).version());
    }

    @Test
    void manyThreadsTradingTheSameGoodsLoseNothing() {
        List<SettledTrade> answers = IntStream.range(0, 400)
                .parallel()
                .mapToObj(i -> realm.settle(
                        i % 2 == 0
                                ? wish(ann, bob, Goods.of("gold", 9), Goods.of("potion", 1))
                                : wish(bob, ann, Goods.of("gold", 7), Goods.of("potion", 1))))
                .toList();
        long gold = realm.inventory(ann).count("gold") + realm.inventory(bob).count("gold");
        assertThat(gold).isEqualTo(100);
        assertThat(answers).extracting(SettledTrade::outcome).contains(TradeOutcome.COMMITTED, TradeOutcome.FAILED);
    }

    private void assertFailed(Settlement wish, ErrorCode reason) {
        var proposerBefore = realm.inventory(wish.proposer());
        var partnerBefore = realm.inventory(wish.partner());
        SettledTrade settled = realm.settle(wish);
        assertThat(settled.outcome()).isEqualTo(TradeOutcome.FAILED);
        assertThat(settled.reason()).isEqualTo(reason);
        assertThat(await(store.findTrade(wish.id()))).contains(withoutInventories(settled));
        assertThat(realm.inventory(wish.proposer())).isEqualTo(proposerBefore);
        assertThat(realm.inventory(wish.partner())).isEqualTo(partnerBefore);
    }

    private static SettledTrade withoutInventories(SettledTrade trade) {
        return new SettledTrade(
                trade.id(),
                trade.proposer(),
                trade.partner(),
                trade.terms(),
                trade.outcome(),
                trade.reason(),
                trade.atMillis(),
                null,
                null);
    }

    private static PlayerPosition stood(int player, int x) {
        return new PlayerPosition(new PlayerId(player), new Position(x, x));
    }

    private static List<ChatLine> lines(String... texts) {
        return List.of(texts).stream()
                .map(text -> new ChatLine("ann", text, NOW))
                .toList();
    }
}
