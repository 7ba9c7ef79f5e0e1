package tavern.server.game;

import static org.assertj.core.api.Assertions.assertThat;
import static tavern.protocol.v1.TradeOutcome.CANCELLED;
import static tavern.protocol.v1.TradeOutcome.COMMITTED;
import static tavern.protocol.v1.TradeOutcome.DECLINED;
import static tavern.protocol.v1.TradeOutcome.EXPIRED;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.protocol.UuidV7;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.PersonalEvent.TradeEnded;
import tavern.server.game.PersonalEvent.TradeOffered;
import tavern.server.game.PersonalEvent.TradeOpened;
import tavern.server.game.Recording.LookedUp;
import tavern.server.game.Recording.Refused;
import tavern.server.game.Recording.Settled;
import tavern.server.game.Recording.ToPlayer;

/** Each player has 100 gold and one item, whose id is the player's number. Ann offers 60 gold for Bob's item. */
class TradeDeskTest {
    private static final Player ANN = TestGame.player(1);
    private static final Player BOB = TestGame.player(2);
    private static final Player CAT = TestGame.player(3);
    private static final TradeId TRADE = TestGame.trade(1, 1);
    private static final TradeId OTHER = TestGame.trade(1, 2);
    private static final Terms TERMS = new Terms(Goods.of("gold", 60), Goods.ofItem(2));
    private static final GoodsChange ANNS_CHANGE =
            new GoodsChange(2, new TreeMap<>(Map.of("gold", 40L)), new TreeMap<>(Map.of(2L, "ring")), new TreeSet<>());
    private static final GoodsChange BOBS_CHANGE =
            new GoodsChange(2, new TreeMap<>(Map.of("gold", 160L)), new TreeMap<>(), new TreeSet<>(Set.of(2L)));

    private final RoomRules rules = TestGame.rules();
    private final Recording effects = new Recording();
    private long now = 1_000_000;

    @BeforeEach
    void join() {
        for (Player player : new Player[] {ANN, BOB, CAT}) {
            join(player, inventory(100, 1, Map.of(player.id().value(), "ring")));
        }
        effects.take();
    }

    @Test
    void anOfferIsLookedUpThenOpenedThenCommittedAndToldToBoth() {
        offer(1, TRADE, TERMS);
        assertThat(effects.take()).containsExactly(new LookedUp(TRADE));
        assertThat(rules.isSettling()).isTrue();
        lookedUp(TRADE, null);
        assertThat(effects.take())
                .containsExactly(
                        new ToPlayer(ANN.id(), 1, new TradeOpened(TRADE, 30_000)),
                        new ToPlayer(BOB.id(), 0, new TradeOffered(TRADE, ANN, TERMS, 30_000)));
        assertThat(rules.isSettling()).isFalse();
        accept(BOB, 2, TRADE);
        assertThat(effects.take()).containsExactly(settlement(TRADE, COMMITTED));
        assertThat(rules.isSettling()).isTrue();
        settled(committed());
        assertThat(effects.take())
                .containsExactly(
                        new ToPlayer(ANN.id(), 0, new TradeEnded(outcome(COMMITTED), ANNS_CHANGE)),
                        new ToPlayer(BOB.id(), 2, new TradeEnded(outcome(COMMITTED), BOBS_CHANGE)));
        assertThat(rules.isSettling()).isFalse();
    }

    @Test
    void aRepeatedOfferGetsTheFirstOutcomeThoughGoodsAndPartnerAreGone() {
        apply(new Action.Leave(BOB.id()));
        apply(new Action.InventoryRead(ANN.id(), inventory(1, 9, Map.of())));
        effects.take();
        offer(5, TRADE, TERMS);
        lookedUp(TRADE, outcome(COMMITTED));
        assertThat(effects.take())
                .containsExactly(
                        new LookedUp(TRADE), new ToPlayer(ANN.id(), 5, new TradeEnded(outcome(COMMITTED), null)));
    }

    @Test
    void anIdThatWasUsedWithOtherContentsIsRefused() {
        offer(5, TRADE, new Terms(Goods.of("gold", 61), Goods.ofItem(2)));
        lookedUp(TRADE, outcome(COMMITTED));
        assertThat(effects.take()).last().isEqualTo(refused(ANN, 5, ErrorCode.TRADE_ID_REUSED));
    }

    @Test
    void aRepeatIsAnsweredInEveryState() {
        offer(1, TRADE, TERMS);
        offer(2, TRADE, TERMS);
        lookedUp(TRADE, null);
        now += 1_000;
        offer(3, TRADE, TERMS);
        accept(BOB, 1, TRADE);
        offer(4, TRADE, TERMS);
        accept(BOB, 2, TRADE);
        settled(committed());
        assertThat(effects.take())
                .containsExactly(
                        new LookedUp(TRADE),
                        new ToPlayer(ANN.id(), 1, new TradeOpened(TRADE, 30_000)),
                        new ToPlayer(ANN.id(), 2, new TradeOpened(TRADE, 30_000)),
                        new ToPlayer(BOB.id(), 0, new TradeOffered(TRADE, ANN, TERMS, 30_000)),
                        new ToPlayer(ANN.id(), 3, new TradeOpened(TRADE, 29_000)),
                        settlement(TRADE, COMMITTED),
                        new ToPlayer(ANN.id(), 4, new TradeEnded(outcome(COMMITTED), ANNS_CHANGE)),
                        new ToPlayer(BOB.id(), 1, new TradeEnded(outcome(COMMITTED), BOBS_CHANGE)),
                        new ToPlayer(BOB.id(), 2, new TradeEnded(outcome(COMMITTED), BOBS_CHANGE)));
    }

    @Test
    void aRepeatWithOtherContentsIsRefusedInEveryState() {
        Terms changed = new Terms(Goods.of("gold", 61), Goods.ofItem(2));
        offer(1, TRADE, TERMS);
        offer(2, TRADE, changed);
        lookedUp(TRADE, null);
        offer(3, TRADE, changed);
        apply(new Action.OfferTrade(ANN.id(), 4, TRADE, CAT.name(), TERMS, TestGame.TODAY_MILLIS));
        accept(BOB, 1, TRADE);
        offer(5, TRADE, changed);
        assertThat(effects.take())
                .contains(
                        refused(ANN, 2, ErrorCode.TRADE_ID_REUSED),
                        refused(ANN, 3, ErrorCode.TRADE_ID_REUSED),
                        refused(ANN, 4, ErrorCode.TRADE_ID_REUSED),
                        refused(ANN, 5, ErrorCode.TRADE_ID_REUSED));
    }

    /** P-57. */
    @Test
    void aNewOfferNeedsAnIdOfTheServersTime() {
        long now = TestGame.TODAY_MILLIS;
        long oldest = now - TimeUnit.DAYS.toMillis(TestGame.TRADE_ID_DAYS_MAX);
        long newest = now + TradeChecks.AHEAD_MILLIS_MAX;
        Map<UUID, ErrorCode> refusals = Map.of(
                UuidV7.of(oldest - 1, 1),
                ErrorCode.TRADE_ID_TOO_OLD,
                UuidV7.of(0, 2),
                ErrorCode.TRADE_ID_TOO_OLD,
                UuidV7.of(newest + 1, 3),
                ErrorCode.TRADE_ID_TOO_NEW,
                UuidV7.of((1L << 48) - 1, 4),
                ErrorCode.TRADE_ID_TOO_NEW,
                UUID.fromString("919108f7-52d1-4320-9bac-f847db4148a8"),
                ErrorCode.TRADE_BAD_ID,
                new UUID(now << 16 | 0x7000, 5),
                ErrorCode.TRADE_BAD_ID);
        refusals.forEach((uuid, code) -> {
            TradeId trade = new TradeId(ANN.id(), uuid);
            offer(1, trade, TERMS);
            lookedUp(trade, null);
            assertThat(effects.take()).containsExactly(new LookedUp(trade), refused(ANN, 1, code));
        });
        for (long millis : new long[] {oldest, newest}) {
            TradeId trade = new TradeId(ANN.id(), UuidV7.of(millis, 6));
            offer(1, trade, TERMS);
            lookedUp(trade, null);
            assertThat(effects.take()).contains(new ToPlayer(ANN.id(), 1, new TradeOpened(trade, 30_000)));
        }
    }

    /** P-57: also of a version that a new offer may not have. */
    @Test
    void aRememberedOfferIsAnsweredThoughItsIdIsTooOldForANewOne() {
        for (UUID uuid : List.of(UuidV7.of(1, 1), UUID.fromString("919108f7-52d1-4320-9bac-f847db4148a8"))) {
            TradeId old = new TradeId(ANN.id(), uuid);
            SettledTrade ended = new SettledTrade(old, ANN, BOB, TERMS, COMMITTED, ErrorCode.OK, 1, null, null);
            offer(1, old, TERMS);
            lookedUp(old, ended);
            assertThat(effects.take())
                    .containsExactly(new LookedUp(old), new ToPlayer(ANN.id(), 1, new TradeEnded(ended, null)));
        }
    }

    /** P-57: the id was good when the offer was opened, and time has passed since. */
    @Test
    void anOpenOfferIsAnsweredThoughItsIdHasGrownTooOld() {
        TradeId trade = new TradeId(ANN.id(), UuidV7.of(TestGame.TODAY_MILLIS - TimeUnit.DAYS.toMillis(7), 1));
        open(trade, TERMS);
        apply(new Action.OfferTrade(ANN.id(), 2, trade, BOB.name(), TERMS, TestGame.TODAY_MILLIS + 1_000));
        assertThat(effects.take()).containsExactly(new ToPlayer(ANN.id(), 2, new TradeOpened(trade, 30_000)));
    }

    @Test
    void aTradeWithOneselfIsRefused() {
        apply(new Action.OfferTrade(ANN.id(), 1, TRADE, ANN.name(), TERMS, TestGame.TODAY_MILLIS));
        assertThat(effects.take()).containsExactly(refused(ANN, 1, ErrorCode.TRADE_BAD_PARTNER));
    }

    @Test
    void aTradeWithSomebodyWhoIsNotHereIsRefused() {
        apply(new Action.OfferTrade(ANN.id(), 1, TRADE, "nobody", TERMS, TestGame.TODAY_MILLIS));
        lookedUp(TRADE, null);
        assertThat(effects.take()).last().isEqualTo(refused(ANN, 1, ErrorCode.TRADE_BAD_PARTNER));
    }

    @Test
    void anotherPlayersTradeIdIsRefused() {
        offer(1, TestGame.trade(2, 1), TERMS);
        assertThat(effects.take()).containsExactly(refused(ANN, 1, ErrorCode.NOT_ALLOWED));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void countsBelowOneAreRefused(long count) {
        offer(1, TRADE, new Terms(Goods.of("gold", count), Goods.NONE));
        offer(2, TRADE, new Terms(Goods.ofItem(1), Goods.of("gold", count)));
        assertThat(effects.take())
                .containsExactly(
                        refused(ANN, 1, ErrorCode.TRADE_BAD_AMOUNT), refused(ANN, 2, ErrorCode.TRADE_BAD_AMOUNT));
    }

    @Test
    void nothingAndTooManyEntriesAreRefused() {
        TreeMap<String, Long> many = new TreeMap<>(Map.of("a", 1L, "b", 1L, "c", 1L, "d", 1L));
        offer(1, TRADE, new Terms(Goods.NONE, Goods.NONE));
        offer(2, TRADE, new Terms(Goods.NONE, new Goods(many, TERMS.want().items())));
        assertThat(effects.take())
                .containsExactly(
                        refused(ANN, 1, ErrorCode.TRADE_BAD_GOODS), refused(ANN, 2, ErrorCode.TRADE_BAD_GOODS));
    }

    @Test
    void goodsThatTheProposerHasNotGotAreRefusedButThePartnersPocketsStayShut() {
        offer(1, TRADE, new Terms(Goods.of("gold", 101), Goods.NONE));
        lookedUp(TRADE, null);
        assertThat(effects.take()).last().isEqualTo(refused(ANN, 1, ErrorCode.TRADE_INSUFFICIENT));
        offer(2, OTHER, new Terms(Goods.of("gold", 1), Goods.ofItem(99)));
        lookedUp(OTHER, null);
        accept(BOB, 3, OTHER);
        assertThat(effects.take())
                .contains(new ToPlayer(ANN.id(), 2, new TradeOpened(OTHER, 30_000)))
                .last()
                .isEqualTo(refused(BOB, 3, ErrorCode.TRADE_INSUFFICIENT));
    }

    @Test
    void anOverflowOfTheReceiversCountIsRefused() {
        apply(new Action.InventoryRead(BOB.id(), inventory(Long.MAX_VALUE, 2, Map.of(2L, "ring"))));
        open(TRADE, TERMS);
        accept(BOB, 1, TRADE);
        assertThat(effects.take()).containsExactly(refused(BOB, 1, ErrorCode.TRADE_BAD_AMOUNT));
    }

    @Test
    void reservedGoodsCannotBeUsedTwice() {
        open(TRADE, TERMS);
        open(OTHER, TERMS);
        accept(BOB, 1, TRADE);
        accept(BOB, 2, OTHER);
        offer(3, TestGame.trade(1, 3), TERMS);
        lookedUp(TestGame.trade(1, 3), null);
        assertThat(effects.take())
                .containsExactly(
                        settlement(TRADE, COMMITTED),
                        refused(BOB, 2, ErrorCode.TRADE_INSUFFICIENT),
                        new LookedUp(TestGame.trade(1, 3)),
                        refused(ANN, 3, ErrorCode.TRADE_INSUFFICIENT));
    }

    @Test
    void aCommitCancelsTheOffersWhoseGoodsItUsedUp() {
        open(TRADE, TERMS);
        open(OTHER, TERMS);
        accept(BOB, 1, TRADE);
        settled(committed());
        assertThat(effects.take()).last().isEqualTo(settlement(OTHER, CANCELLED));
    }

    @Test
    void onlyThePlayersOfATradeMayEndItAndEachOnlyInTheirOwnWay() {
        open(TRADE, TERMS);
        accept(CAT, 1, TRADE);
        accept(ANN, 2, TRADE);
        apply(new Action.DeclineTrade(ANN.id(), 3, TRADE));
        apply(new Action.CancelTrade(BOB.id(), 4, TRADE));
        assertThat(effects.take())
                .containsExactly(
                        refused(CAT, 1, ErrorCode.TRADE_NOT_FOUND),
                        refused(ANN, 2, ErrorCode.TRADE_NOT_FOUND),
                        refused(ANN, 3, ErrorCode.TRADE_NOT_FOUND),
                        refused(BOB, 4, ErrorCode.TRADE_NOT_FOUND));
    }

    @Test
    void declineAndCancelAreToldOnlyOnceTheStoreHasThem() {
        open(TRADE, TERMS);
        apply(new Action.DeclineTrade(BOB.id(), 1, TRADE));
        assertThat(effects.take()).containsExactly(settlement(TRADE, DECLINED));
        settled(outcome(DECLINED));
        assertThat(effects.take())
                .containsExactly(
                        new ToPlayer(ANN.id(), 0, new TradeEnded(outcome(DECLINED), null)),
                        new ToPlayer(BOB.id(), 1, new TradeEnded(outcome(DECLINED), null)));
    }

    @Test
    void aTradeThatIsCarriedOutCanNoLongerBeCancelled() {
        open(TRADE, TERMS);
        accept(BOB, 1, TRADE);
        apply(new Action.CancelTrade(ANN.id(), 2, TRADE));
        apply(new Action.DeclineTrade(BOB.id(), 3, TRADE));
        assertThat(effects.take())
                .containsExactly(
                        settlement(TRADE, COMMITTED),
                        refused(ANN, 2, ErrorCode.TRADE_BUSY),
                        refused(BOB, 3, ErrorCode.TRADE_BUSY));
    }

    @Test
    void anAcceptAfterACancelGetsTheCancel() {
        open(TRADE, TERMS);
        apply(new Action.CancelTrade(ANN.id(), 1, TRADE));
        accept(BOB, 2, TRADE);
        settled(outcome(CANCELLED));
        assertThat(effects.take())
                .containsExactly(
                        settlement(TRADE, CANCELLED),
                        new ToPlayer(ANN.id(), 1, new TradeEnded(outcome(CANCELLED), null)),
                        new ToPlayer(BOB.id(), 2, new TradeEnded(outcome(CANCELLED), null)));
    }

    @Test
    void aCancelDuringTheLookUpHoldsOnceTheOfferIsOpen() {
        offer(1, TRADE, TERMS);
        apply(new Action.CancelTrade(ANN.id(), 2, TRADE));
        lookedUp(TRADE, null);
        assertThat(effects.take()).last().isEqualTo(settlement(TRADE, CANCELLED));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void leavingCancelsTheOffersOfBothSides(int player) {
        open(TRADE, TERMS);
        apply(new Action.Leave(TestGame.player(player).id()));
        assertThat(effects.take()).last().isEqualTo(settlement(TRADE, CANCELLED));
    }

    @Test
    void leavingDoesNotStopACommit() {
        open(TRADE, TERMS);
        accept(BOB, 1, TRADE);
        apply(new Action.Leave(ANN.id()));
        apply(new Action.Leave(BOB.id()));
        // A later session of Bob's must not mistake the outcome for the answer to its own first message.
        assertThat(effects.take()).contains(refused(BOB, 1, ErrorCode.UNAVAILABLE));
        settled(committed());
        assertThat(effects.take())
                .containsExactly(
                        new ToPlayer(ANN.id(), 0, new TradeEnded(outcome(COMMITTED), ANNS_CHANGE)),
                        new ToPlayer(BOB.id(), 0, new TradeEnded(outcome(COMMITTED), BOBS_CHANGE)));
    }

    @Test
    void leavingDuringTheLookUpOpensNothingEvenAfterComingBack() {
        offer(1, TRADE, TERMS);
        apply(new Action.Leave(ANN.id()));
        assertThat(effects.take()).contains(refused(ANN, 1, ErrorCode.UNAVAILABLE));
        join(ANN, inventory(100, 1, Map.of(1L, "ring")));
        effects.take();
        lookedUp(TRADE, null);
        assertThat(effects.take()).isEmpty();
    }

    @Test
    void anOfferExpiresAtTheTick() {
        open(TRADE, TERMS);
        now += 29_999;
        rules.tick(now, effects);
        assertThat(effects.take()).isEmpty();
        now += 1;
        rules.tick(now, effects);
        rules.tick(now, effects);
        assertThat(effects.take()).containsExactly(settlement(TRADE, EXPIRED));
    }

    @Test
    void theRulesRestUntilTheFirstOfferExpiresOrTheStoreIsToBeAskedAgain() {
        assertThat(rules.restsUntil(now)).isEqualTo(Long.MAX_VALUE);
        open(TRADE, TERMS);
        long expiry = now + 30_000;
        now += 10_000;
        open(OTHER, TERMS);
        assertThat(rules.restsUntil(now)).isEqualTo(expiry);
        now = expiry;
        rules.tick(now, effects);
        assertThat(effects.take()).contains(settlement(TRADE, EXPIRED));
        assertThat(rules.restsUntil(now)).isEqualTo(expiry + 10_000);
        apply(new Action.TradeSettleFailed(TRADE));
        assertThat(rules.restsUntil(now)).isEqualTo(now + 1_000);
    }

    @Test
    void anAcceptOfAnExpiredOfferGetsTheExpiryEvenBeforeTheTick() {
        open(TRADE, TERMS);
        now += 30_000;
        accept(BOB, 1, TRADE);
        settled(outcome(EXPIRED));
        assertThat(effects.take())
                .containsExactly(
                        settlement(TRADE, EXPIRED),
                        new ToPlayer(ANN.id(), 0, new TradeEnded(outcome(EXPIRED), null)),
                        new ToPlayer(BOB.id(), 1, new TradeEnded(outcome(EXPIRED), null)));
    }

    @Test
    void anUnknownIdIsLookedUpAndOnlyItsPlayersHearTheOutcome() {
        accept(BOB, 1, TRADE);
        accept(CAT, 2, TRADE);
        apply(new Action.CancelTrade(ANN.id(), 3, TRADE));
        lookedUp(TRADE, outcome(COMMITTED));
        assertThat(effects.take())
                .containsExactly(
                        new LookedUp(TRADE),
                        new ToPlayer(BOB.id(), 1, new TradeEnded(outcome(COMMITTED), null)),
                        refused(CAT, 2, ErrorCode.TRADE_NOT_FOUND),
                        new ToPlayer(ANN.id(), 3, new TradeEnded(outcome(COMMITTED), null)));
        accept(BOB, 4, OTHER);
        lookedUp(OTHER, null);
        assertThat(effects.take()).last().isEqualTo(refused(BOB, 4, ErrorCode.TRADE_NOT_FOUND));
    }

    @Test
    void aStoreThatDoesNotAnswerTheLookUpIsSaid() {
        offer(1, TRADE, TERMS);
        accept(BOB, 2, TRADE);
        apply(new Action.TradeLookUpFailed(TRADE));
        assertThat(effects.take())
                .containsExactly(
                        new LookedUp(TRADE),
                        refused(ANN, 1, ErrorCode.UNAVAILABLE),
                        refused(BOB, 2, ErrorCode.UNAVAILABLE));
        assertThat(rules.isSettling()).isFalse();
    }

    @Test
    void aSettlementThatFailsIsAskedAgainLaterAndLaterWhileTheGoodsStayReserved() {
        open(TRADE, TERMS);
        open(OTHER, TERMS);
        accept(BOB, 1, TRADE);
        apply(new Action.TradeSettleFailed(TRADE));
        accept(BOB, 2, OTHER);
        assertThat(effects.take())
                .containsExactly(
                        settlement(TRADE, COMMITTED),
                        refused(BOB, 1, ErrorCode.UNAVAILABLE),
                        refused(BOB, 2, ErrorCode.TRADE_INSUFFICIENT));
        assertThat(rules.isSettling()).isTrue();
        for (int wait : new int[] {1_000, 2_000, 4_000, 8_000}) {
            now += wait - 1;
            rules.tick(now, effects);
            assertThat(effects.take()).isEmpty();
            now += 1;
            rules.tick(now, effects);
            assertThat(effects.take()).containsExactly(settlement(TRADE, COMMITTED));
            apply(new Action.TradeSettleFailed(TRADE));
        }
        settled(outcome(COMMITTED));
        assertThat(effects.take())
                .containsExactly(
                        new ToPlayer(ANN.id(), 0, new TradeEnded(outcome(COMMITTED), null)),
                        new ToPlayer(BOB.id(), 0, new TradeEnded(outcome(COMMITTED), null)));
    }

    @Test
    void offersAndLookUpsOfOnePlayerAreBounded() {
        for (int i = 1; i <= TestGame.OPEN_OFFERS_MAX; i++) {
            offer(i, TestGame.trade(1, i), TERMS);
        }
        effects.take();
        offer(5, TestGame.trade(1, 5), TERMS);
        assertThat(effects.take()).containsExactly(refused(ANN, 5, ErrorCode.TRADE_TOO_MANY));
        for (int i = 1; i <= TestGame.OPEN_OFFERS_MAX; i++) {
            lookedUp(TestGame.trade(1, i), null);
        }
        effects.take();
        offer(6, TestGame.trade(1, 5), TERMS);
        lookedUp(TestGame.trade(1, 5), null);
        assertThat(effects.take()).last().isEqualTo(refused(ANN, 6, ErrorCode.TRADE_TOO_MANY));
    }

    @Test
    void requestsThatWaitForOneTradeAreBounded() {
        open(TRADE, TERMS);
        for (int seq = 1; seq <= OpenTrade.WAITING_MAX; seq++) {
            accept(BOB, seq, TRADE);
        }
        effects.take();
        accept(BOB, 99, TRADE);
        assertThat(effects.take()).containsExactly(refused(BOB, 99, ErrorCode.UNAVAILABLE));
    }

    @Test
    void whenAStoreFailsTradesOfPlayersWhoComeAndGoAreBounded() {
        for (int i = 10; i < 10 + OpenTrades.UNSETTLED_MAX; i++) {
            Player guest = TestGame.player(i);
            TradeId trade = TestGame.trade(i, 1);
            join(guest, inventory(1, 1, Map.of()));
            Terms gift = new Terms(Goods.of("gold", 1), Goods.NONE);
            apply(new Action.OfferTrade(guest.id(), 1, trade, BOB.name(), gift, TestGame.TODAY_MILLIS));
            lookedUp(trade, null);
            apply(new Action.Leave(guest.id()));
            apply(new Action.TradeSettleFailed(trade));
        }
        effects.take();
        offer(1, TRADE, TERMS);
        assertThat(effects.take()).containsExactly(refused(ANN, 1, ErrorCode.UNAVAILABLE));
    }

    @Test
    void anIdThatEndedElsewhereWithOtherContentsHasThatOutcomeAndIsCancelledForThePartnerHere() {
        open(TRADE, TERMS);
        accept(BOB, 1, TRADE);
        offer(2, TRADE, TERMS);
        effects.take();
        SettledTrade elsewhere = new SettledTrade(TRADE, ANN, CAT, TERMS, COMMITTED, ErrorCode.OK, 5, null, null);
        settled(elsewhere);
        assertThat(effects.take())
                .containsExactly(
                        refused(ANN, 2, ErrorCode.TRADE_ID_REUSED),
                        new ToPlayer(ANN.id(), 0, new TradeEnded(elsewhere, null)),
                        new ToPlayer(BOB.id(), 1, new TradeEnded(outcome(CANCELLED), null)));
    }

    @Test
    void answersThatComeTwiceChangeNothing() {
        open(TRADE, TERMS);
        lookedUp(TRADE, null);
        accept(BOB, 1, TRADE);
        settled(committed());
        effects.take();
        settled(committed());
        apply(new Action.TradeSettleFailed(TRADE));
        apply(new Action.TradeLookUpFailed(TRADE));
        assertThat(effects.take()).isEmpty();
    }

    private void open(TradeId trade, Terms terms) {
        offer(77, trade, terms);
        lookedUp(trade, null);
        effects.take();
    }

    private void join(Player player, Inventory inventory) {
        apply(new Action.Join(player, inventory, null, 0));
    }

    private void offer(int seq, TradeId trade, Terms terms) {
        apply(new Action.OfferTrade(ANN.id(), seq, trade, BOB.name(), terms, TestGame.TODAY_MILLIS));
    }

    private void accept(Player player, int seq, TradeId trade) {
        apply(new Action.AcceptTrade(player.id(), seq, trade));
    }

    private void lookedUp(TradeId trade, @Nullable SettledTrade found) {
        apply(new Action.TradeLookedUp(trade, found));
    }

    private void settled(SettledTrade settled) {
        apply(new Action.TradeSettled(settled.id(), settled));
    }

    private void apply(Action action) {
        rules.apply(action, now, effects);
    }

    private static Settled settlement(TradeId trade, TradeOutcome outcome) {
        return new Settled(new Settlement(trade, ANN, BOB, TERMS, outcome));
    }

    private static Refused refused(Player player, int seq, ErrorCode code) {
        return new Refused(player.id(), seq, code);
    }

    private static SettledTrade outcome(TradeOutcome outcome) {
        return new SettledTrade(TRADE, ANN, BOB, TERMS, outcome, ErrorCode.OK, 5, null, null);
    }

    private static SettledTrade committed() {
        return new SettledTrade(TRADE, ANN, BOB, TERMS, COMMITTED, ErrorCode.OK, 5, ANNS_CHANGE, BOBS_CHANGE);
    }

    private static Inventory inventory(long gold, long version, Map<Long, String> items) {
        return new Inventory(new TreeMap<>(Map.of("gold", gold)), new TreeMap<>(items), version);
    }
}
