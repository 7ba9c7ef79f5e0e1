package tavern.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static tavern.server.store.Realm.EVENT;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.Realm.ROOM;
import static tavern.server.store.Realm.await;
import static tavern.server.store.Realm.stacks;
import static tavern.server.store.Realm.wish;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.GoodsChange;
import tavern.server.game.Inventory;
import tavern.server.game.Position;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;

/** What every store must do, whatever it is made of. After each test all goods are accounted for. */
public abstract class StoreContract extends GameContract {
    @Test
    void aNewPlayerGetsTheKitOnceAndAnOldOneIsFound() {
        Goods kit = Goods.of("gold", 7);
        PlayerRecord first = await(store.openPlayer("cleo", kit, List.of("sword", "sword"), null, NOW));
        PlayerRecord again = await(store.openPlayer("cleo", kit, List.of("sword"), null, NOW + 1));
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
    void aCommittedTradeMovesTheGoodsOfBothSidesAndTellsWhatChanged() {
        long sword = realm.item(bob, "sword");
        Inventory annBefore = realm.inventory(ann);
        Inventory bobBefore = realm.inventory(bob);
        Goods want = new Goods(new TreeMap<>(Map.of("potion", 10L)), new TreeSet<>(List.of(sword)));
        SettledTrade settled = realm.settle(wish(ann, bob, Goods.of("gold", 30), want));
        assertThat(settled.outcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(settled.reason()).isEqualTo(ErrorCode.OK);
        assertThat(annBefore.after(requireNonNull(settled.proposerChange()))).isEqualTo(realm.inventory(ann));
        assertThat(bobBefore.after(requireNonNull(settled.partnerChange()))).isEqualTo(realm.inventory(bob));
        assertThat(realm.inventory(ann).stacks()).isEqualTo(Map.of("gold", 70L, "potion", 10L));
        assertThat(realm.inventory(ann).items()).isEqualTo(Map.of(sword, "sword"));
        assertThat(realm.inventory(bob).stacks()).isEqualTo(Map.of("gold", 30L));
        assertThat(realm.inventory(bob).items()).isEmpty();
        assertThat(realm.inventory(bob).version()).isEqualTo(bobBefore.version() + 1);
    }

    @Test
    void aRepeatGivesTheFirstOutcomeAndChangesNothingWhateverItsContents() {
        Settlement wish = wish(ann, bob, Goods.of("gold", 30), Goods.of("potion", 1));
        SettledTrade first = realm.settle(wish);
        SettledTrade again = realm.settle(wish);
        SettledTrade other =
                realm.settle(wish(wish.id().uuid(), ann, bob, Goods.of("gold", 1), Goods.NONE, TradeOutcome.CANCELLED));
        assertThat(again).isEqualTo(withoutChanges(first)).isEqualTo(other);
        assertThat(await(Realm.findTrade(store, wish.id()))).contains(again);
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(70);
    }

    @Test
    void aRepeatInTheSameMomentMovesTheGoodsOnce() {
        Settlement wish = wish(ann, bob, Goods.of("gold", 30), Goods.NONE);
        List<SettledTrade> answers = IntStream.range(0, 20).mapToObj(i -> realm.ask(wish, EVENT)).toList().stream()
                .map(Realm::await)
                .toList();
        assertThat(answers).extracting(SettledTrade::outcome).containsOnly(TradeOutcome.COMMITTED);
        assertThat(answers).filteredOn(trade -> trade.proposerChange() != null).hasSize(1);
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(70);
        assertThat(await(store.outbox(0, 100))).hasSize(1);
    }

    @Test
    void aTradeThatWasNeverSettledIsNotFound() {
        assertThat(await(Realm.findTrade(
                        store, wish(ann, bob, Goods.NONE, Goods.NONE).id())))
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
        assertThat(await(Realm.findTradeRecord(store, ended.id()))).contains(new TradeRecord(ended, ROOM));
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
        await(Realm.grant(store, ann.id(), stacks("gold", 1000), "more", NOW));
        assertThat(realm.settle(proposerLacks).reason()).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
        assertThat(await(store.outbox(0, 10))).isEmpty();
    }

    @Test
    void aCountThatWouldPassTheLargestFails() {
        await(Realm.grant(store, bob.id(), stacks("gold", Long.MAX_VALUE), "all", NOW));
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
        assertThat(await(Realm.findTrade(store, wish.id()))).isEmpty();
    }

    @Test
    void aTradeUnderSomebodyElsesIdIsRefused() {
        Settlement own = wish(ann, bob, Goods.of("gold", 1), Goods.NONE);
        Settlement forged = new Settlement(own.id(), bob, ann, own.terms(), TradeOutcome.COMMITTED);
        assertThatThrownBy(() -> realm.settle(forged)).hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(await(Realm.findTrade(store, own.id()))).isEmpty();
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
        assertThat(await(Realm.findTrade(store, wish.id()))).isEmpty();
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(100);
        assertThat(successor.settle(wish).outcome()).isEqualTo(TradeOutcome.COMMITTED);
    }

    @Test
    void aFenceThatWasNeverGivenIsStale() {
        Settlement wish = wish(ann, bob, Goods.of("gold", 1), Goods.NONE);
        for (long fence : new long[] {0, realm.fence() + 1}) {
            RoomId room = fence == 0 ? new RoomId("unowned") : ROOM;
            assertThatThrownBy(() -> await(Realm.settle(store, wish, room, fence, null)))
                    .hasCauseInstanceOf(StaleFenceException.class);
        }
    }

    @Test
    void fencesGrowAndEachRoomHasItsOwn() {
        assertThat(realm.fence()).isGreaterThanOrEqualTo(NOW * 1000);
        long next = Realm.acquire(store, ROOM);
        assertThat(next).isGreaterThan(realm.fence());
        Realm.acquire(store, new RoomId("cellar"));
        assertThat(Realm.acquire(store, ROOM)).isGreaterThan(next);
    }

    @Test
    void aLeaseIsRenewedUntilAnotherFenceIsGiven() {
        LeaseKey key = LeaseKey.room(ROOM);
        String holder = "test@127.0.0.1:1";
        assertThat(await(store.renewLeases(Map.of(key, realm.fence()), holder, 60_000)))
                .isEmpty();
        long next = Realm.acquire(store, ROOM);
        assertThat(await(store.renewLeases(Map.of(key, realm.fence()), holder, 60_000)))
                .containsExactly(key);
        assertThat(await(store.renewLeases(Map.of(key, next), holder, 60_000))).isEmpty();
    }

    @Test
    void aReleasedLeaseCanBeAcquiredAndOnlyByItsNewestFenceIsItReleased() {
        await(store.releaseLease(LeaseKey.room(ROOM), realm.fence()));
        LeaseAnswer granted = await(store.acquireLease(LeaseKey.room(ROOM), "other@127.0.0.1:2", 60_000));
        assertThat(granted).isInstanceOf(LeaseAnswer.Granted.class);
        await(store.releaseLease(LeaseKey.room(ROOM), realm.fence()));
        long fence = ((LeaseAnswer.Granted) granted).fence();
        assertThat(await(store.renewLeases(Map.of(LeaseKey.room(ROOM), fence), "other@127.0.0.1:2", 60_000)))
                .isEmpty();
    }

    @Test
    void anOlderOwnerWritesNeitherChatNorPositions() {
        Realm.acquire(store, ROOM);
        assertThatThrownBy(() -> await(store.appendChat(ROOM, realm.fence(), realm.fence(), lines("late"), 3)))
                .hasCauseInstanceOf(StaleFenceException.class);
        assertThatThrownBy(() -> await(store.savePositions(ROOM, realm.fence(), List.of(stood(1, 1)))))
                .hasCauseInstanceOf(StaleFenceException.class);
        assertThat(await(store.chat(ROOM, 10)).lines()).isEmpty();
    }

    @Test
    void chatThatIsWrittenAgainStandsThereOnce() {
        long first = realm.fence();
        await(store.appendChat(ROOM, first, first, lines("a", "b"), 10));
        await(store.appendChat(ROOM, first, first, lines("a", "b", "c"), 10));
        await(store.appendChat(ROOM, first, first + 3, lines("d"), 10));
        assertThat(await(store.chat(ROOM, 10)).lines()).isEqualTo(lines("a", "b", "c", "d"));
    }

    /** The order depends on no clock: the next owner goes on from the last line. */
    @Test
    void chatGoesOnBehindTheLastLineWhateverTheFenceIs() {
        assertThat(await(store.chat(ROOM, 10))).isEqualTo(ChatHistory.NONE);
        await(store.appendChat(ROOM, realm.fence(), 1, lines("a", "b", "c"), 10));
        long next = Realm.acquire(store, ROOM);
        assertThat(next).isGreaterThan(realm.fence());

        ChatHistory found = await(store.chat(ROOM, 2));
        assertThat(found).isEqualTo(new ChatHistory(3, lines("b", "c")));
        await(store.appendChat(ROOM, next, found.lastNumber() + 1, lines("d", "e"), 4));
        assertThat(await(store.chat(ROOM, 4))).isEqualTo(new ChatHistory(5, lines("b", "c", "d", "e")));
        assertThat(await(store.chat(ROOM, 0)).lastNumber()).isEqualTo(5);
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
            assertThat(await(store.chat(ROOM, keep)).lines())
                    .as("round %d of seed %d", round, seed)
                    .isEqualTo(said.subList(Math.max(0, said.size() - keep), said.size()));
            assertThat(await(store.chat(ROOM, 1000)).lines()).hasSizeLessThan(2 * keep);
        }
    }

    @Test
    void noChatIsKeptWhereNoneIsToBe() {
        long own = realm.fence();
        await(store.appendChat(ROOM, own, own, lines("a", "b"), 10));
        await(store.appendChat(ROOM, own, own + 2, lines("c"), 0));
        assertThat(await(store.chat(ROOM, 10)).lines()).isEmpty();
        await(store.appendChat(ROOM, own, own + 3, List.of(), 10));
        assertThat(await(store.chat(ROOM, 10)).lines()).isEmpty();
        await(store.appendChat(ROOM, own, own + 3, lines("d"), 10));
        assertThat(await(store.chat(ROOM, 10)).lines()).isEqualTo(lines("d"));
    }

    @Test
    void linesAreGivenBackAsTheyWereWritten() {
        List<ChatLine> lines = List.of(
                new ChatLine("ann", "\u00fc \ud83c\udf7a 100 % 'or' \"1\"", NOW),
                new ChatLine("\u00c5sa", " two  spaces ", NOW - 5_000),
                new ChatLine("bob", "x".repeat(2000), NOW + 86_400_000));
        await(store.appendChat(ROOM, realm.fence(), realm.fence(), lines, 10));
        assertThat(await(store.chat(ROOM, 10)).lines()).isEqualTo(lines);
        assertThat(await(store.chat(ROOM, 0)).lines()).isEmpty();
    }

    @Test
    void aGrantIsDoneOnceForItsReference() {
        Grant grant = new Grant(new TreeMap<>(Map.of("gold", 5L)), List.of("bow"), new TreeSet<>());
        Inventory before = realm.inventory(ann);
        var first = await(Realm.grant(store, ann.id(), grant, "quest-1", NOW));
        var again = await(Realm.grant(store, ann.id(), grant, "quest-1", NOW + 60_000));
        assertThat(before.after(requireNonNull(first.change()))).isEqualTo(realm.inventory(ann));
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(105);
        assertThat(realm.inventory(ann).items().values()).containsExactly("bow");
        assertThat(first.atMillis()).isEqualTo(NOW);
        assertThat(again).as("and says when").isEqualTo(new GrantAnswer(null, NOW));
        assertThat(await(Realm.findGrant(store, "quest-1"))).contains(new GrantRecord(grant.contents(ann.id()), NOW));
        assertThat(await(Realm.findGrant(store, "quest-2"))).isEmpty();
    }

    @Test
    void aReferenceThatWasUsedForSomethingElseIsRefused() {
        await(Realm.grant(store, ann.id(), stacks("gold", 5), "quest-1", NOW));
        for (Grant other : List.of(
                stacks("gold", 8),
                stacks("pearl", 5),
                new Grant(new TreeMap<>(Map.of("gold", 5L)), List.of("bow"), new TreeSet<>()))) {
            assertThatThrownBy(() -> await(Realm.grant(store, ann.id(), other, "quest-1", NOW)))
                    .hasCauseInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("quest-1")
                    .hasMessageContaining("gold=5");
        }
        assertThatThrownBy(() -> await(Realm.grant(store, bob.id(), stacks("gold", 5), "quest-1", NOW)))
                .as("of another player")
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(realm.inventory(ann).stacks()).isEqualTo(Map.of("gold", 105L));
        assertThat(realm.inventory(bob).stacks()).isEqualTo(Map.of("potion", 10L));
    }

    @Test
    void whatIsTakenBackIsGoneAndItsItemIdIsNeverUsedAgain() {
        long bow = realm.item(ann, "bow");
        Grant back = new Grant(new TreeMap<>(Map.of("gold", -100L)), List.of(), new TreeSet<>(List.of(bow)));
        Inventory before = realm.inventory(ann);
        GoodsChange change =
                await(Realm.grant(store, ann.id(), back, "fine", NOW)).change();
        Inventory left = realm.inventory(ann);
        assertThat(before.after(requireNonNull(change))).isEqualTo(left);
        assertThat(left.stacks()).isEmpty();
        assertThat(left.items()).isEmpty();
        assertThat(realm.item(bob, "bow")).isGreaterThan(bow);
    }

    @Test
    void takingBackWhatIsNotThereChangesNothingAndSaysWhatIsMissing() {
        long bow = realm.item(bob, "bow");
        Grant back = new Grant(new TreeMap<>(Map.of("gold", -101L)), List.of("bow"), new TreeSet<>(List.of(bow)));
        assertThatThrownBy(() -> await(Realm.grant(store, ann.id(), back, "fine", NOW)))
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gold")
                .hasMessageContaining("item " + bow);
        assertThat(realm.inventory(ann).stacks()).isEqualTo(Map.of("gold", 100L));
        await(Realm.grant(store, ann.id(), stacks("gold", -1), "fine", NOW));
        assertThat(realm.inventory(ann).count("gold"))
                .as("the reference was not used up")
                .isEqualTo(99);
    }

    @Test
    void aGrantThatPassesTheLargestCountIsRefused() {
        assertThatThrownBy(() -> await(Realm.grant(store, ann.id(), stacks("gold", Long.MAX_VALUE), "too-much", NOW)))
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> await(Realm.grant(store, ann.id(), stacks("gold", Long.MIN_VALUE), "too-little", NOW)))
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sanctionsAreKeptAndLifted() {
        Sanction ban = new Sanction(Sanction.Kind.BAN, NOW + 5, "come back later");
        Sanction mute = new Sanction(Sanction.Kind.MUTE, NOW + 9, "");
        Sanction notBanned = Sanction.none(Sanction.Kind.BAN);
        assertThat(await(store.sanction(ann.id(), ban, notBanned))).isPresent();
        assertThat(await(store.sanction(ann.id(), mute, Sanction.none(Sanction.Kind.MUTE))))
                .isPresent();
        PlayerRecord record = await(store.findPlayer("ann")).orElseThrow();
        assertThat(record.sanction(Sanction.Kind.BAN)).isEqualTo(ban);
        assertThat(record.sanction(Sanction.Kind.MUTE)).isEqualTo(mute);
        PlayerRecord lifted = await(store.sanction(ann.id(), notBanned, ban)).orElseThrow();
        assertThat(lifted.bannedUntilMillis()).isZero();
        assertThat(lifted.banMessage()).isEmpty();
        assertThat(lifted.mutedUntilMillis()).isEqualTo(NOW + 9);
    }

    @Test
    void aSanctionReplacesOnlyWhatWasSeen() {
        Sanction notBanned = Sanction.none(Sanction.Kind.BAN);
        Sanction first = new Sanction(Sanction.Kind.BAN, NOW + 5, "first");
        Sanction second = new Sanction(Sanction.Kind.BAN, NOW + 5, "second");
        assertThat(await(store.sanction(ann.id(), first, notBanned))).isPresent();
        assertThat(await(store.sanction(ann.id(), second, notBanned))).isEmpty();
        assertThat(await(store.sanction(ann.id(), notBanned, second))).isEmpty();
        assertThat(await(store.findPlayer("ann")).orElseThrow().sanction(Sanction.Kind.BAN))
                .isEqualTo(first);
        assertThat(await(store.sanction(ann.id(), second, first))).isPresent();
        assertThat(await(store.findPlayer("ann")).orElseThrow().banMessage()).isEqualTo("second");
        assertThatThrownBy(() -> await(store.sanction(new PlayerId(99), first, notBanned)))
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRoomIsKnownOnceItWasOpened() {
        assertThat(await(store.knowsRoom(new RoomId("cellar")))).isFalse();
        Realm.acquire(store, new RoomId("cellar"));
        assertThat(await(store.knowsRoom(new RoomId("cellar")))).isTrue();
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
        List<OutboxRow> published = List.of(rows.get(0), rows.get(3));
        assertThat(await(store.removeOutbox(published))).isZero();
        assertThat(await(store.removeOutbox(published)))
                .as("gone already, and nobody else's")
                .isZero();
        assertThat(await(store.outbox(0, 100)))
                .extracting(OutboxRow::sequence)
                .containsExactly(
                        rows.get(1).sequence(),
                        rows.get(2).sequence(),
                        rows.get(4).sequence());
        assertThat(store.stats().outboxRows()).isEqualTo(3);
    }

    /** As after a fail-over that lost the newest rows: their numbers are given anew, and late confirms still come. */
    @Test
    void aRowWhoseNumberWasGivenToAnotherTradeIsNotRemoved() {
        List<OutboxRow> rows = twoRows();
        OutboxRow lost = madeBefore(
                rows.get(1), ann.id() + "-" + UUID.randomUUID(), rows.get(1).read());
        assertThat(await(store.removeOutbox(List.of(lost, rows.get(0))))).isEqualTo(1);
        assertThat(messageIds()).containsExactly(rows.get(1).messageId());
        assertThat(store.stats().outboxRows()).isEqualTo(1);
    }

    /** The relay has read one row before the fail-over, and the other one after it. */
    @Test
    void aRowIsNotRemovedBecauseOneThatCameAfterItsLossIsThere() {
        List<OutboxRow> rows = twoRows();
        OutboxRow lost = madeBefore(
                rows.get(0), ann.id() + "-" + UUID.randomUUID(), rows.get(0).read() - 1);
        assertThat(await(store.removeOutbox(List.of(lost, rows.get(1))))).isEqualTo(1);
        assertThat(messageIds()).containsExactly(rows.get(0).messageId());
        assertThat(store.stats().outboxRows()).isEqualTo(1);
    }

    /** The newest row was lost too, and its trade, made again, has the same number by chance. */
    @Test
    void aRowIsNotRemovedBecauseALaterOneHasItsNumberAgain() {
        List<OutboxRow> rows = twoRows();
        OutboxRow lost = madeBefore(
                rows.get(0), ann.id() + "-" + UUID.randomUUID(), rows.get(0).read());
        OutboxRow again =
                madeBefore(rows.get(1), rows.get(1).messageId(), rows.get(1).read());
        assertThat(await(store.removeOutbox(List.of(again, lost)))).isEqualTo(1);
        assertThat(messageIds()).containsExactly(rows.get(0).messageId());
        assertThat(store.stats().outboxRows()).isEqualTo(1);
    }

    private List<OutboxRow> twoRows() {
        await(realm.ask(wish(ann, bob, Goods.of("gold", 1), Goods.NONE), EVENT));
        await(realm.ask(wish(ann, bob, Goods.of("gold", 1), Goods.NONE), EVENT));
        return await(store.outbox(0, 10));
    }

    /** A row that had the number of this one before. */
    private static OutboxRow madeBefore(OutboxRow now, String messageId, long read) {
        return new OutboxRow(now.sequence(), messageId, now.event(), now.committed(), now.atMillis() - 1, read);
    }

    private List<String> messageIds() {
        return await(store.outbox(0, 10)).stream().map(OutboxRow::messageId).toList();
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
        assertThat(await(Realm.findTrade(store, refused.id()))).isEmpty();
        assertThat(await(realm.ask(first, EVENT)).outcome()).isEqualTo(TradeOutcome.COMMITTED);
        await(store.removeOutbox(await(store.outbox(0, 1))));
        assertThat(await(realm.ask(refused, EVENT)).outcome()).isEqualTo(TradeOutcome.COMMITTED);
    }

    @Test
    void aFewLargeRowsFillTheOutboxToo() {
        OutboxEvent large = new OutboxEvent(EVENT.routingKey(), new byte[16 * 1024]);
        Supplier<CompletionStage<SettledTrade>> trade =
                () -> realm.ask(wish(ann, bob, Goods.of("gold", 1), Goods.NONE), large);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < OUTBOX_ROWS_MAX; i++) {
                        await(trade.get());
                    }
                })
                .hasCauseInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("store.outbox-bytes-max");
        assertThat(store.stats().outboxRows() * 16 * 1024).isBetween(OUTBOX_BYTES_MAX / 2, 2 * OUTBOX_BYTES_MAX);
        await(store.removeOutbox(await(store.outbox(0, OUTBOX_ROWS_MAX / 2))));
        assertThat(await(trade.get()).outcome()).isEqualTo(TradeOutcome.COMMITTED);
    }

    @Test
    void aRoomsChatIsKeptInOrderAndTrimmed() {
        RoomId other = new RoomId("cellar");
        long fence = Realm.acquire(store, other);
        long own = realm.fence();
        await(store.appendChat(other, fence, fence, List.of(new ChatLine("bob", "elsewhere", NOW)), 3));
        await(store.appendChat(ROOM, own, own, lines("a", "b"), 3));
        await(store.appendChat(ROOM, own, own + 2, lines("c", "d", "e"), 3));
        assertThat(await(store.chat(ROOM, 10)).lines()).isEqualTo(lines("c", "d", "e"));
        assertThat(await(store.chat(ROOM, 2)).lines()).isEqualTo(lines("d", "e"));
        assertThat(await(store.chat(other, 10)).lines())
                .extracting(ChatLine::text)
                .containsExactly("elsewhere");
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
        await(Realm.grant(store, ann.id(), fine, "fine", NOW + 7));

        List<LedgerEntry> all = await(store.ledger("", 100));
        assertThat(all)
                .extracting(entry ->
                        entry.id().replaceFirst("grant:item-.*", "grant:item") + " " + LegsText.of(entry.legs()))
                .containsExactly(
                        "starter:" + ann.id() + " mint:starter>" + ann.id() + "|gold=100",
                        "starter:" + bob.id() + " mint:starter>" + bob.id() + "|potion=10",
                        "grant:item mint:ops>" + bob.id() + "|+" + bow + ":bow",
                        "trade:" + wish.id() + " " + ann.id() + ">" + bob.id() + "|gold=30;" + bob.id() + ">" + ann.id()
                                + "|potion=2,#" + bow + ":bow",
                        "grant:fine " + ann.id() + ">mint:ops|gold=5,#" + bow + ":bow");
        assertThat(all.get(3).room()).isEqualTo(ROOM);
        assertThat(all.get(3).fence()).isEqualTo(realm.fence());
        assertThat(all.get(3).atMillis()).isEqualTo(NOW);
        assertThat(all.get(3).names())
                .isEqualTo(Map.of(ann.id().value(), "ann", bob.id().value(), "bob"));
        assertThat(all.get(4).room()).isNull();
        assertThat(all.get(4).atMillis()).isEqualTo(NOW + 7);

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
            asked.add(Realm.grant(store, ann.id(), grant, "g" + i, NOW));
        }
        asked.forEach(Realm::await);
        List<LedgerEntry> all = await(store.ledger("", 1000));
        assertThat(all).hasSize(122);
        assertThat(all).extracting(LedgerEntry::id).doesNotHaveDuplicates();
        assertThat(all.subList(2, 122))
                .extracting(entry -> LegsText.of(entry.legs()).replaceAll("[+][0-9]+", "+"))
                .containsOnly(ann.id() + ">" + bob.id() + "|gold=1", "mint:ops>" + ann.id() + "|gold=1,pearl=2,+:bow");
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
        assertThat(await(store.freeze(trades, 2, 0))).isEqualTo(FreezeAnswer.DONE);
        assertThat(await(store.freeze(chat, 2, 0))).isEqualTo(FreezeAnswer.DONE);
        assertThat(await(store.freezes()).rows()).containsExactlyInAnyOrder(trades, chat);
        long two = await(store.freezesVersion());
        assertThat(two).isNotEqualTo(empty).isEqualTo(await(store.freezes()).version());

        FreezeRow anew = new FreezeRow("CHAT", "PLAYER", "ann|x@y", "more spam", NOW + 2);
        assertThat(await(store.freeze(anew, 2, 0))).as("not seen").isEqualTo(FreezeAnswer.CHANGED);
        assertThat(await(store.freeze(anew, 2, NOW + 1)))
                .as("no more than before")
                .isEqualTo(FreezeAnswer.DONE);
        assertThat(await(store.freeze(new FreezeRow("CHAT", "ROOM", "hall", "", NOW), 2, 0)))
                .as("one too many")
                .isEqualTo(FreezeAnswer.TOO_MANY);
        assertThat(await(store.freezes()).rows()).containsExactlyInAnyOrder(trades, anew);
        assertThat(await(store.freezesVersion())).isNotEqualTo(two);

        assertThat(await(store.unfreeze(chat, NOW + 1))).as("not what stands").isFalse();
        assertThat(await(store.unfreeze(chat, NOW + 2))).isTrue();
        assertThat(await(store.unfreeze(chat, NOW + 2))).isFalse();
        assertThat(await(store.unfreeze(chat, 0))).isFalse();
        assertThat(await(store.freezes()).rows()).containsExactly(trades);
        assertThat(await(store.freezesVersion()))
                .isEqualTo(await(store.freezes()).version());
    }

    private static OperatorAccount operator(String name) {
        return new OperatorAccount(
                name,
                1,
                List.of("moderator", "support"),
                false,
                NOW + 9,
                NOW,
                "eve (admin)",
                "a$b=+/ c",
                "ABC",
                5,
                List.of("x", "y"),
                0,
                "");
    }

    private static OperatorKey operatorKey(String hash, String operator) {
        return new OperatorKey(hash, operator, OperatorKey.Kind.TOKEN, "for 5 % \u00e9", NOW, NOW + 10, NOW, "::1");
    }

    private CompletionStage<OperatorAnswer> putOperator(
            OperatorAccount next, @Nullable OperatorKey added, List<String> ended) {
        return store.putOperator(next, next.version() - 1, added, ended);
    }

    @Test
    void anOperatorsAccountIsChangedOnlyByWhoHasSeenItAndItsKeysInTheSameStep() {
        long empty = await(store.operatorsVersion());
        OperatorAccount eve = operator("version");
        OperatorKey first = operatorKey("aa", "version");
        assertThat(await(putOperator(eve, first, List.of()))).isEqualTo(OperatorAnswer.DONE);
        assertThat(await(putOperator(eve, null, List.of()))).isEqualTo(OperatorAnswer.CHANGED);
        OperatorRows rows = await(store.operators());
        assertThat(rows.accounts()).containsExactly(eve);
        assertThat(rows.keys()).containsExactly(first);
        assertThat(rows.version()).isEqualTo(await(store.operatorsVersion())).isNotEqualTo(empty);

        OperatorAccount off = eve.withDisabled(true).withSecondFactor("", 0, List.of());
        OperatorKey second = operatorKey("bb", "version");
        assertThat(await(putOperator(off, second, List.of("aa"))))
                .as("a version is missing")
                .isEqualTo(OperatorAnswer.CHANGED);
        OperatorAccount next = eve.withSignIn(NOW + 3, "127.0.0.1", "another hash", 6, List.of());
        assertThat(await(putOperator(next, second, List.of("aa", "none")))).isEqualTo(OperatorAnswer.DONE);
        assertThat(await(store.operators()).accounts()).containsExactly(next);
        assertThat(await(store.operators()).keys()).containsExactly(second);

        assertThat(await(store.removeOperator("version", 1, List.of("bb")))).isFalse();
        assertThat(await(store.removeOperator("nobody", 0, List.of()))).isFalse();
        assertThat(await(store.operators()).keys()).containsExactly(second);
        assertThat(await(store.removeOperator("version", 2, List.of("bb")))).isTrue();
        assertThat(await(store.operators()).accounts()).isEmpty();
        assertThat(await(store.operators()).keys()).isEmpty();
        assertThat(await(store.operatorsVersion())).isNotEqualTo(rows.version());
    }

    @Test
    void anAccountThatWasMadeAnewIsNotChangedByWhoSawTheFormer() {
        OperatorAccount former = madeAt(1_795_000_000_000_000L);
        assertThat(await(store.putOperator(former, 0, null, List.of()))).isEqualTo(OperatorAnswer.DONE);
        OperatorAccount changed = former.withDisabled(true);
        assertThat(await(store.removeOperator("anew", former.version(), List.of())))
                .isTrue();
        assertThat(await(putOperator(changed, null, List.of()))).isEqualTo(OperatorAnswer.CHANGED);
        OperatorAccount anew = madeAt(1_795_000_000_000_000L + 1_000);
        assertThat(await(store.putOperator(anew, 0, null, List.of()))).isEqualTo(OperatorAnswer.DONE);
        assertThat(await(putOperator(changed, null, List.of()))).isEqualTo(OperatorAnswer.CHANGED);
        assertThat(await(store.operators()).accounts()).containsExactly(anew);
    }

    private static OperatorAccount madeAt(long version) {
        return new OperatorAccount(
                "anew", version, List.of("viewer"), false, NOW + 9, NOW, "eve", "", "", 0, List.of(), 0, "");
    }

    @Test
    void theUseOfAnOperatorsKeyIsNotedUntilItEnds() {
        await(putOperator(operator("eve"), operatorKey("aa", "eve"), List.of()));
        long before = await(store.operatorsVersion());
        await(store.useOperatorKey("aa", NOW + 7));
        assertThat(await(store.operatorsVersion())).isNotEqualTo(before);
        await(store.useOperatorKey("aa", NOW + 6));
        await(store.useOperatorKey("bb", NOW));
        assertThat(await(store.operators()).keys())
                .singleElement()
                .extracting(OperatorKey::usedMillis)
                .isEqualTo(NOW + 7);
        await(store.endOperatorKeys(List.of("aa", "bb")));
        await(store.useOperatorKey("aa", NOW + 8));
        assertThat(await(store.operators()).keys()).isEmpty();
    }

    @Test
    void thereAreOnlySoManyOperatorsAndKeys() {
        for (int i = 0; i < OperatorStore.ACCOUNTS_MAX; i++) {
            assertThat(await(putOperator(operator("o" + i), null, List.of()))).isEqualTo(OperatorAnswer.DONE);
        }
        assertThat(await(putOperator(operator("more"), null, List.of()))).isEqualTo(OperatorAnswer.TOO_MANY);
        OperatorAccount account = operator("o1");
        for (int i = 0; i < OperatorStore.KEYS_MAX; i++) {
            account = account.touched();
            assertThat(await(putOperator(account, operatorKey("k" + i, "o1"), List.of())))
                    .isEqualTo(OperatorAnswer.DONE);
        }
        account = account.touched();
        assertThat(await(putOperator(account, operatorKey("more", "o1"), List.of("none"))))
                .isEqualTo(OperatorAnswer.TOO_MANY);
        assertThat(await(putOperator(account, operatorKey("more", "o1"), List.of("k5"))))
                .isEqualTo(OperatorAnswer.DONE);
        assertThat(await(store.operators()).keys()).hasSize(OperatorStore.KEYS_MAX);
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
        assertThat(await(Realm.findTrade(store, wish.id()))).contains(withoutChanges(settled));
        assertThat(realm.inventory(wish.proposer())).isEqualTo(proposerBefore);
        assertThat(realm.inventory(wish.partner())).isEqualTo(partnerBefore);
    }

    private static SettledTrade withoutChanges(SettledTrade trade) {
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

    @Test
    void aRoomThatNobodyUsesLosesItsPlacesChatAndFence() {
        RoomId cellar = new RoomId("cellar");
        long fence = Realm.acquire(store, cellar);
        await(store.savePositions(cellar, fence, List.of(new PlayerPosition(ann.id(), new Position(1, 2)))));
        await(store.appendChat(cellar, fence, 1, List.of(new ChatLine("ann", "hello", NOW)), 10));
        await(store.releaseLease(LeaseKey.room(cellar), fence));

        forgetAllRooms();

        assertThat(await(store.knowsRoom(cellar))).isFalse();
        assertThat(await(store.position(cellar, ann.id()))).isEmpty();
        assertThat(await(store.chat(cellar, 10)).lines()).isEmpty();
        assertThat(await(store.chat(cellar, 10)).lastNumber()).isZero();
        // The room of the realm is in use.
        assertThat(await(store.knowsRoom(ROOM))).isTrue();
        assertThat(realm.settle(wish(ann, bob, Goods.of("gold", 1), Goods.NONE)).outcome())
                .isEqualTo(TradeOutcome.COMMITTED);
        // A late owner of before is refused, and chat begins anew.
        assertThatThrownBy(() -> await(store.savePositions(cellar, fence, List.of())))
                .hasCauseInstanceOf(StaleFenceException.class);
        long next = Realm.acquire(store, cellar);
        await(store.appendChat(cellar, next, 1, List.of(new ChatLine("ann", "again", NOW)), 10));
        assertThat(await(store.chat(cellar, 10)).lines())
                .extracting(ChatLine::text)
                .containsExactly("again");
    }

    @Test
    void aRoomIsForgottenByTheEarlierOfTheStoresClockAndTheCallers() {
        RoomId cellar = new RoomId("cellar");
        await(store.releaseLease(LeaseKey.room(cellar), Realm.acquire(store, cellar)));
        long now = System.currentTimeMillis();
        long hour = Duration.ofHours(1).toMillis();
        while (await(store.forgetRooms(hour, now + 365 * 24 * hour, 1_000))) {}
        while (await(store.forgetRooms(0, now - hour, 1_000))) {}
        assertThat(await(store.knowsRoom(cellar))).isTrue();
        forgetAllRooms();
        assertThat(await(store.knowsRoom(cellar))).isFalse();
    }

    @Test
    void madeUpRoomNamesLeaveNothing() throws Exception {
        useMadeUpRooms();
        assertThat(await(store.knowsRoom(new RoomId("made-up-1")))).isTrue();
        forgetAllRooms();
        assertThat(roomTraces()).as("traces of rooms other than the one in use").isZero();
    }

    protected void useMadeUpRooms() throws Exception {
        List<CompletionStage<?>> asked = new ArrayList<>();
        for (int i = 0; i < madeUpRooms(); i++) {
            LeaseKey key = LeaseKey.room(new RoomId("made-up-" + i));
            asked.add(store.acquireLease(key, "test@127.0.0.1:1", 60_000)
                    .thenCompose(answer -> store.releaseLease(key, ((LeaseAnswer.Granted) answer).fence())));
            if (asked.size() == IN_FLIGHT_MAX / 2) {
                asked.forEach(Realm::await);
                asked.clear();
            }
        }
        asked.forEach(Realm::await);
    }

    protected int madeUpRooms() {
        return 100_000;
    }

    /** The number of rows or keys about rooms other than {@link Realm#ROOM}. */
    protected abstract long roomTraces() throws Exception;

    @Test
    void anErasedPlayerLosesTheNameAndTheTextsAndKeepsTheGoods() {
        await(store.sanction(
                ann.id(),
                new Sanction(Sanction.Kind.BAN, NOW * 2, "you know why, ann"),
                Sanction.none(Sanction.Kind.BAN)));
        RoomId cellar = new RoomId("cellar");
        long fence = Realm.acquire(store, cellar);
        List<ChatLine> lines = List.of(
                new ChatLine("ann", "I live in Oslo", NOW),
                new ChatLine("bob", "hello ann!", NOW + 1),
                new ChatLine("bob", "anna and joann have nothing to do with it", NOW + 2));
        await(store.appendChat(cellar, fence, 1, lines, 10));
        await(store.savePositions(cellar, fence, List.of(new PlayerPosition(ann.id(), new Position(3, 4)))));
        await(store.transact(TransactionDraft.transaction("quest:1")
                .put(ann.id(), "quest", "half done", 0)
                .put(bob.id(), "quest", "done", 0)
                .build()));
        PlayerTraces traces = await(store.traces(ann, ""));
        assertThat(traces.next()).isEmpty();
        assertThat(traces.values()).containsExactly(new PlayerTraces.Value("quest", "half done".getBytes(UTF_8)));
        assertThat(traces.places()).containsExactly(new PlayerTraces.Place("cellar", 3, 4));
        assertThat(traces.lines()).containsExactly(new PlayerTraces.Line("cellar", NOW, "I live in Oslo"));

        Erasure erasure = Erasure.of(ann.id(), "ann");
        assertThat(await(store.eraseName(erasure, NOW))).isTrue();
        assertThat(await(store.eraseChat(erasure))).isEqualTo(2);

        assertThat(await(store.findPlayer("ann"))).isEmpty();
        PlayerRecord erased = await(store.findPlayer(ann.id())).orElseThrow();
        assertThat(erased.player().name()).isEqualTo("*erased-" + ann.id().value() + "*");
        assertThat(erased.banMessage()).isEmpty();
        assertThat(await(store.kept(ann.id(), "quest"))).isEmpty();
        assertThat(await(store.traces(ann, "")).values()).isEmpty();
        assertThat(await(store.kept(bob.id(), "quest"))).isPresent();
        assertThat(erased.inventory().count("gold")).isEqualTo(100);
        assertThat(await(store.chat(cellar, 10)).lines())
                .extracting(ChatLine::text)
                .containsExactly("(erased)", "(erased)", "anna and joann have nothing to do with it");
        assertThat(await(store.chat(cellar, 10)).lines())
                .extracting(ChatLine::player)
                .containsExactly(erased.player().name(), "bob", "bob");
        assertThat(await(store.chat(cellar, 10)).lastNumber()).isEqualTo(3);
        // Repeated after a lost answer, it does no harm; and at the end the name is free for somebody new.
        assertThat(await(store.eraseName(erasure, NOW * 3))).isTrue();
        assertThat(await(store.eraseChat(erasure))).isZero();
        await(store.finishErasure(erasure));
        Player other = realm.open("ann", "gold", 1);
        assertThat(other.id()).isNotEqualTo(ann.id());
        assertThat(await(store.findPlayer(ann.id())).orElseThrow().inventory().count("gold"))
                .isEqualTo(100);
        assertThat(await(store.eraseName(Erasure.of(bob.id(), "ann"), NOW))).isFalse();
    }

    @Test
    void onlyABannedPlayerIsErased() {
        Erasure erasure = Erasure.of(ann.id(), "ann");
        assertThat(await(store.eraseName(erasure, NOW))).isFalse();
        ban(ann, NOW + 1);
        assertThat(await(store.eraseName(erasure, NOW + 1)))
                .as("after the end of the ban")
                .isFalse();
        assertThat(await(store.unfinishedErasures())).isEmpty();
        assertThat(await(store.findPlayer("ann"))).isPresent();
        assertThat(await(store.eraseName(erasure, NOW))).isTrue();
    }

    @Test
    void theNameOfAnErasedPlayerIsReservedUntilTheErasureIsFinished() {
        Erasure erasure = Erasure.of(ann.id(), "ann");
        ban(ann, NOW + 1);
        await(store.eraseName(erasure, NOW));
        assertThat(await(store.eraseName(erasure, NOW + 7))).isTrue();
        assertThat(await(store.unfinishedErasures()))
                .extracting(
                        begun -> begun.erasure().player(),
                        begun -> begun.erasure().name(),
                        begun -> begun.sinceMillis())
                .containsExactly(tuple(ann.id(), "ann", NOW));
        assertThat(store.openPlayer("ann", Goods.NONE, List.of(), null, NOW))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withCauseInstanceOf(ReservedNameException.class)
                .withMessageContaining("the name ann is not free yet");
        assertThat(realm.open("anna").id()).isNotEqualTo(ann.id());

        await(store.finishErasure(erasure));
        assertThat(await(store.unfinishedErasures())).isEmpty();
        Player second = realm.open("ann");
        ban(second, NOW + 1);
        await(store.eraseName(Erasure.of(second.id(), "ann"), NOW));
        await(store.finishErasure(erasure));
        assertThat(await(store.unfinishedErasures()))
                .as("the second erasure of this name is not finished by a repeat of the first one")
                .hasSize(1);
    }

    @Test
    void whatRoomsKeepAboutAPlayerIsFoundSomeRoomsAtATime() {
        Set<String> left = new TreeSet<>();
        for (int i = 0; i < 300; i++) {
            RoomId room = new RoomId("cellar-" + i);
            left.add(room.name());
            long fence = Realm.acquire(store, room);
            await(store.savePositions(room, fence, List.of(new PlayerPosition(ann.id(), new Position(3, 4)))));
        }
        await(store.transact(TransactionDraft.transaction("quest:1")
                .put(ann.id(), "quest", "half done", 0)
                .build()));
        String next = "";
        int pages = 0;
        int values = 0;
        do {
            PlayerTraces page = await(store.traces(ann, next));
            assertThat(page.places()).as("places in one page").hasSizeLessThan(200);
            page.places().forEach(place -> left.remove(place.room()));
            values += page.values().size();
            next = page.next();
        } while (!next.isEmpty() && ++pages < 1_000);
        assertThat(left).isEmpty();
        assertThat(values).isEqualTo(1);
        assertThat(pages).isGreaterThan(1);
    }

    private void ban(Player player, long untilMillis) {
        Sanction none = Sanction.none(Sanction.Kind.BAN);
        await(store.sanction(player.id(), new Sanction(Sanction.Kind.BAN, untilMillis, ""), none));
    }
}
