package tavern.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.Realm.ROOM;
import static tavern.server.store.Realm.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.game.AccountId;
import tavern.game.Board;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.NamedAccount;
import tavern.game.PlayerId;
import tavern.game.RoomId;

/** What every store must do with turns of rooms with games. */
abstract class GameContract extends SegmentContract {
    private static final Mint CARDS = new Mint("cards");
    private static final RoomId CELLAR = new RoomId("cellar");
    private static final long NEVER = RoomTurn.NEVER;

    /** A message of the feed of which the game's own part says nothing about goods. */
    private static final OutboxEvent WON = new OutboxEvent("won.main.hall", new byte[] {7});

    private static RoomTurn turn(RoomId room, long follows, long revision, String state, long dueMillis) {
        return new RoomTurn(room, "cards", follows, revision, state.getBytes(UTF_8), dueMillis);
    }

    private static RoomTurn turn(long follows, long revision) {
        return turn(ROOM, follows, revision, "state " + revision, NEVER);
    }

    private static Leg gold(AccountId from, AccountId to, long count) {
        return new Leg(from, to, Goods.of("gold", count), List.of());
    }

    private CompletionStage<TransactionResult> ask(RoomTurn turn, long fence, Leg... legs) {
        return store.transact(Transaction.turn(turn, fence, List.of(legs), List.of(), List.of(), NOW));
    }

    private TransactionResult take(RoomTurn turn, Leg... legs) {
        return await(ask(turn, realm.fence(), legs));
    }

    private static void assertRefused(TransactionResult result, Refusal.Reason reason, String text) {
        Refusal refusal = Objects.requireNonNull(result.refusal(), "it was committed");
        assertThat(refusal.reason()).as(refusal.text()).isEqualTo(reason);
        assertThat(refusal.text()).contains(text);
        assertThat(result.isRepeat()).isFalse();
        assertThat(result.changes()).isEmpty();
    }

    private void assertKept(RoomId room, long revision, String state, long dueMillis) {
        KeptGame kept = await(store.game(room)).orElseThrow();
        assertThat(kept.type()).isEqualTo("cards");
        assertThat(kept.revision()).isEqualTo(revision);
        assertThat(kept.state()).asString(UTF_8).isEqualTo(state);
        assertThat(kept.dueMillis()).isEqualTo(dueMillis);
    }

    @Test
    void aRoomIsKeptAsItsLastTurnLeftIt() {
        assertThat(await(store.game(ROOM))).isEmpty();
        TransactionResult first = take(turn(0, 1));
        assertThat(first.isCommitted()).isTrue();
        assertThat(first.isRepeat()).isFalse();
        assertThat(first.changes()).isEmpty();
        assertThat(first.atMillis()).isEqualTo(NOW);
        assertKept(ROOM, 1, "state 1", NEVER);
        assertThat(take(turn(ROOM, 1, 5, "", NOW)).isCommitted()).isTrue();
        assertKept(ROOM, 5, "", NOW);
        store = reopened(store);
        assertKept(ROOM, 5, "", NOW);
        assertThat(await(store.game(CELLAR))).isEmpty();
        assertThat(await(store.ledger("", 100))).as("moves no goods").hasSize(2);
    }

    @Test
    void aStateMayHaveAnyBytesUpToItsBound() {
        byte[] state = new byte[RoomTurn.STATE_BYTES_MAX];
        new Random(7).nextBytes(state);
        take(new RoomTurn(ROOM, "cards", 0, Long.MAX_VALUE - 1, state, NEVER));
        take(new RoomTurn(ROOM, "cards", Long.MAX_VALUE - 1, Long.MAX_VALUE, state, NEVER), gold(CARDS, ann.id(), 1));
        KeptGame kept = await(store.game(ROOM)).orElseThrow();
        assertThat(kept.revision()).isEqualTo(Long.MAX_VALUE);
        assertThat(kept.state()).isEqualTo(state);
    }

    @Test
    void aTurnThatIsTakenAgainIsARepeatAndChangesNothing() {
        RoomTurn turn = turn(0, 1);
        take(turn, gold(CARDS, ann.id(), 5));
        TransactionResult again = take(turn, gold(CARDS, ann.id(), 5));
        assertThat(again.isRepeat()).isTrue();
        assertThat(again.isCommitted()).isTrue();
        assertThat(again.changes()).isEmpty();
        assertThat(take(turn).isRepeat()).as("also without its goods").isTrue();
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(105);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 3})
    void aTurnOutOfItsOrderIsRefusedAndChangesNothing(long follows) {
        take(turn(0, 1));
        take(turn(1, 2));
        String text = "the revision of room hall is 2, not " + follows;
        assertRefused(take(turn(follows, 4)), Refusal.Reason.OUT_OF_ORDER, text);
        assertRefused(take(turn(follows, 4), gold(CARDS, ann.id(), 5)), Refusal.Reason.OUT_OF_ORDER, text);
        assertRefused(take(turn(follows, 4), gold(ann.id(), CARDS, 5_000)), Refusal.Reason.OUT_OF_ORDER, text);
        assertKept(ROOM, 2, "state 2", NEVER);
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(100);
    }

    @Test
    void anOlderOwnersTurnFailsEvenIfItIsARepeat() {
        RoomTurn turn = turn(0, 1);
        take(turn);
        long next = Realm.acquire(store, ROOM);
        for (RoomTurn late : List.of(turn, turn(1, 2), turn(5, 6))) {
            assertThatThrownBy(() -> take(late)).hasCauseInstanceOf(StaleFenceException.class);
            assertThatThrownBy(() -> take(late, gold(CARDS, ann.id(), 5)))
                    .hasCauseInstanceOf(StaleFenceException.class);
        }
        assertThatThrownBy(() -> await(ask(turn(CELLAR, 0, 1, "", NEVER), 0)))
                .hasCauseInstanceOf(StaleFenceException.class);
        assertKept(ROOM, 1, "state 1", NEVER);
        assertThat(await(ask(turn(1, 2), next)).isCommitted()).isTrue();
    }

    @Test
    void aTurnWhoseGoodsAreMissingLeavesTheRoomAndCanBeTakenOnceTheyAreThere() {
        take(turn(0, 1));
        Leg leg = gold(ann.id(), CARDS, 101);
        Transaction all = Transaction.turn(
                turn(ROOM, 1, 2, "state 2", NOW),
                realm.fence(),
                List.of(leg),
                List.of(new Put(ann.id(), "rank", new byte[] {1}, 0)),
                List.of(WON),
                NOW);
        assertRefused(await(store.transact(all)), Refusal.Reason.INSUFFICIENT, "gold");
        assertKept(ROOM, 1, "state 1", NEVER);
        assertThat(await(store.kept(ann.id(), "rank"))).isEmpty();
        assertThat(await(store.outbox(0, 10))).isEmpty();
        assertThat(await(store.dueRooms(NEVER, 10))).isEmpty();
        realm.give(CARDS, ann, Goods.of("gold", 1));
        assertThat(await(store.transact(all)).isCommitted()).isTrue();
        assertKept(ROOM, 2, "state 2", NOW);
        assertRefused(
                await(store.transact(Transaction.turn(
                        turn(2, 3),
                        realm.fence(),
                        List.of(),
                        List.of(new Put(ann.id(), "rank", new byte[] {2}, 0)),
                        List.of(),
                        NOW))),
                Refusal.Reason.VALUE_CHANGED,
                "rank");
        assertKept(ROOM, 2, "state 2", NOW);
    }

    @Test
    void goodsValuesEventsAndTheRoomAreOneCommitWhichTheFeedAndTheLedgerTellOnce() {
        long before = realm.inventory(ann).version();
        Transaction all = Transaction.turn(
                turn(0, 1), realm.fence(), List.of(gold(bob.id(), ann.id(), 1)), List.of(), List.of(), NOW);
        assertRefused(await(store.transact(all)), Refusal.Reason.INSUFFICIENT, "gold");
        Transaction won = Transaction.turn(
                turn(0, 1),
                realm.fence(),
                List.of(new Leg(CARDS, ann.id(), Goods.of("gold", 5), List.of("crown")), gold(ann.id(), bob.id(), 20)),
                List.of(new Put(ann.id(), "rank", new byte[] {1}, 0)),
                List.of(WON, WON),
                NOW);
        TransactionResult result = await(store.transact(won));
        assertThat(await(store.transact(won)).isRepeat()).isTrue();

        String id = "turn:hall:" + realm.fence() + ":1";
        assertThat(result.id().text()).isEqualTo(id);
        assertThat(result.changes().keySet()).containsExactlyInAnyOrder(ann.id(), bob.id());
        long crown = realm.inventory(ann).items().keySet().iterator().next();
        assertThat(Objects.requireNonNull(result.changes().get(ann.id())).itemsIn())
                .containsExactly(Map.entry(crown, "crown"));
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(85);
        assertThat(await(store.kept(ann.id(), "rank")).orElseThrow().value()).containsExactly(1);
        assertKept(ROOM, 1, "state 1", NEVER);
        assertThat(await(store.findOutcome(result.id())))
                .as("nothing is remembered")
                .isEmpty();

        List<OutboxRow> rows = await(store.outbox(0, 10));
        assertThat(rows).extracting(OutboxRow::messageId).containsExactly(id, id + "#2");
        assertThat(rows.get(0).committed())
                .hasToString("mint:cards>" + ann.id() + "|gold=5,+" + crown + ":crown;" + ann.id() + ">" + bob.id()
                        + "|gold=20 " + ann.id() + "=" + (before + 1) + "=ann," + bob.id() + "="
                        + realm.inventory(bob).version() + "=bob");
        assertThat(Objects.requireNonNull(rows.get(1).committed()).legs()).isEmpty();
        List<LedgerEntry> entries = await(store.ledger("", 100));
        LedgerEntry entry = entries.get(entries.size() - 1);
        assertThat(entry.id()).isEqualTo(id);
        assertThat(entry.room()).isEqualTo(ROOM);
        assertThat(entry.fence()).isEqualTo(realm.fence());
        assertThat(LegsText.of(entry.legs()))
                .isEqualTo("mint:cards>" + ann.id() + "|gold=5,+" + crown + ":crown;" + ann.id() + ">" + bob.id()
                        + "|gold=20");
        assertThat(entries).filteredOn(each -> each.id().equals(id)).hasSize(1);
    }

    @Test
    void withAFullOutboxATurnWithAnEventFailsButARepeatIsAnswered() {
        long revision = 0;
        Transaction last = null;
        while (store.stats().outboxRows() < OUTBOX_ROWS_MAX && revision < OUTBOX_ROWS_MAX) {
            last = withEvent(turn(revision, revision + 1));
            assertThat(await(store.transact(last)).isCommitted()).isTrue();
            revision++;
        }
        Transaction next = withEvent(turn(revision, revision + 1));
        assertThatThrownBy(() -> await(store.transact(next))).hasCauseInstanceOf(StoreUnavailableException.class);
        assertKept(ROOM, revision, "state " + revision, NEVER);
        assertThat(await(store.transact(Objects.requireNonNull(last))).isRepeat())
                .isTrue();
        assertThat(take(turn(revision, revision + 1)).isCommitted())
                .as("without an event")
                .isTrue();
    }

    private static RoomTurn scoring(long follows, long revision, Score... scores) {
        return new RoomTurn(ROOM, "cards", follows, revision, new byte[] {1}, NEVER, List.of(scores), List.of());
    }

    private static Score score(String board, PlayerId who, long points, Board.Ranking ranking) {
        return new Score(board, who, points, ranking);
    }

    private List<String> board(String board, int after, int max) {
        return rows(await(store.leaderboard(board, after, max)));
    }

    private static List<String> rows(LeaderboardPage page) {
        return page.rows().stream()
                .map(row -> row.rank() + " " + row.player().name() + " " + row.points())
                .toList();
    }

    private TransactionResult seeing(long follows, Seen... seen) {
        return take(new RoomTurn(ROOM, "cards", follows, follows + 1, new byte[] {1}, NEVER, List.of(), List.of(seen)));
    }

    private static Seen goods(AccountId account, long version) {
        return new Seen(account, "", version);
    }

    @Test
    void aTurnIsRefusedWhenWhatItHasSeenHasChanged() {
        NamedAccount bank = new NamedAccount("bank");
        long anns = realm.inventory(ann).version();
        assertThat(seeing(0, goods(ann.id(), anns), goods(bank, 0), new Seen(ann.id(), "rank", 0))
                        .isCommitted())
                .isTrue();
        assertRefused(seeing(1, goods(ann.id(), anns + 1)), Refusal.Reason.VALUE_CHANGED, Long.toString(anns));

        realm.give(CARDS, ann, Goods.of("gold", 1));
        assertRefused(
                seeing(1, goods(ann.id(), anns)),
                Refusal.Reason.VALUE_CHANGED,
                ann.id().toString());
        take(turn(1, 2), gold(ann.id(), bank, 1));
        assertRefused(seeing(2, goods(bank, 0)), Refusal.Reason.VALUE_CHANGED, "bank");
        long banks = await(store.findAccount(bank)).orElseThrow().inventory().version();
        assertThat(seeing(2, goods(bank, banks), goods(ann.id(), anns + 2)).isCommitted())
                .isTrue();

        assertThat(await(store.transact(Transaction.turn(
                                turn(3, 4),
                                realm.fence(),
                                List.of(),
                                List.of(new Put(ann.id(), "rank", new byte[] {1}, 0)),
                                List.of(),
                                NOW)))
                        .isCommitted())
                .isTrue();
        assertRefused(
                seeing(4, new Seen(ann.id(), "rank", 0)),
                Refusal.Reason.VALUE_CHANGED,
                ann.id().toString());
        long rank = await(store.kept(ann.id(), "rank")).orElseThrow().version();
        assertThat(seeing(4, new Seen(ann.id(), "rank", rank)).isCommitted()).isTrue();
        assertKept(ROOM, 5, new String(new byte[] {1}, UTF_8), NEVER);
    }

    @Test
    void eachLeaderboardHasItsOwnRanking() {
        assertThat(await(store.leaderboard("cards.best", 0, 10))).isEqualTo(new LeaderboardPage(0, List.of()));
        take(scoring(
                0,
                1,
                score("cards.best", ann.id(), 5, Board.Ranking.BEST),
                score("cards.best", bob.id(), 7, Board.Ranking.BEST),
                score("cards.last", ann.id(), 5, Board.Ranking.LATEST),
                score("cards.sum", ann.id(), 5, Board.Ranking.SUM),
                score("cards.sum", ann.id(), -15, Board.Ranking.SUM)));
        take(scoring(
                1,
                2,
                score("cards.best", ann.id(), 4, Board.Ranking.BEST),
                score("cards.best", bob.id(), 9, Board.Ranking.BEST),
                score("cards.last", ann.id(), 0, Board.Ranking.LATEST),
                score("cards.sum", ann.id(), 3, Board.Ranking.SUM)));
        assertThat(board("cards.best", 0, 10)).containsExactly("1 bob 9", "2 ann 5");
        assertThat(board("cards.last", 0, 10)).containsExactly("1 ann 0");
        assertThat(board("cards.sum", 0, 10)).containsExactly("1 ann -7");
        store = reopened(store);
        assertThat(board("cards.best", 0, 10)).containsExactly("1 bob 9", "2 ann 5");
    }

    @Test
    void aTurnScoresOnceAndNotIfItIsRefused() {
        RoomTurn turn = scoring(0, 1, score("cards.sum", ann.id(), 5, Board.Ranking.SUM));
        take(turn);
        assertThat(take(turn).isRepeat()).isTrue();
        assertThat(board("cards.sum", 0, 10)).containsExactly("1 ann 5");
        RoomTurn second = scoring(1, 2, score("cards.sum", ann.id(), 5, Board.Ranking.SUM));
        assertRefused(take(second, gold(bob.id(), CARDS, 1)), Refusal.Reason.INSUFFICIENT, "gold");
        assertRefused(
                take(scoring(
                        1,
                        2,
                        score("cards.sum", ann.id(), 5, Board.Ranking.SUM),
                        score("cards.sum", new PlayerId(4_711), 5, Board.Ranking.SUM))),
                Refusal.Reason.NO_SUCH_PLAYER,
                "4711");
        assertThat(board("cards.sum", 0, 10)).containsExactly("1 ann 5");
        take(second, gold(ann.id(), CARDS, 1));
        assertThat(board("cards.sum", 0, 10)).containsExactly("1 ann 10");
    }

    @Test
    void pointsAreExactAndASumStopsAtItsBound() {
        take(scoring(
                0,
                1,
                score("cards.sum", ann.id(), Board.POINTS_MAX - 1, Board.Ranking.SUM),
                score("cards.sum", bob.id(), -Board.POINTS_MAX, Board.Ranking.SUM)));
        assertThat(board("cards.sum", 0, 10)).containsExactly("1 ann 9007199254740990", "2 bob -9007199254740991");
        take(scoring(
                1,
                2,
                score("cards.sum", ann.id(), 5, Board.Ranking.SUM),
                score("cards.sum", bob.id(), -5, Board.Ranking.SUM)));
        assertThat(board("cards.sum", 0, 10)).containsExactly("1 ann 9007199254740991", "2 bob -9007199254740991");
    }

    @Test
    void aLeaderboardIsReadInPagesAndAroundAPlayer() {
        int players = 21;
        List<PlayerId> ids = new ArrayList<>();
        List<Score> scores = new ArrayList<>();
        for (int i = 0; i < players; i++) {
            ids.add(await(store.openPlayer("p" + i, Goods.NONE, List.of(), null, NOW))
                    .player()
                    .id());
            // Two each have the same points: the one who is here for longer is ahead.
            scores.add(score("cards.best", ids.get(i), i / 2, Board.Ranking.BEST));
        }
        take(scoring(0, 1, scores.toArray(new Score[0])));
        assertThat(await(store.leaderboard("cards.best", 0, 2)).players()).isEqualTo(players);
        assertThat(board("cards.best", 0, 3)).containsExactly("1 p20 10", "2 p18 9", "3 p19 9");
        assertThat(board("cards.best", 19, 3)).containsExactly("20 p0 0", "21 p1 0");
        assertThat(board("cards.best", Integer.MAX_VALUE, 3)).isEmpty();
        assertThat(rows(await(store.leaderboardAround("cards.best", ids.get(18), 3))))
                .containsExactly("1 p20 10", "2 p18 9", "3 p19 9");
        assertThat(rows(await(store.leaderboardAround("cards.best", ids.get(0), 3))))
                .containsExactly("19 p3 1", "20 p0 0", "21 p1 0");
        LeaderboardPage nobody = await(store.leaderboardAround("cards.best", ann.id(), 3));
        assertThat(nobody.players()).isEqualTo(players);
        assertThat(nobody.rows()).isEmpty();
    }

    @Test
    void whoIsErasedIsOnNoLeaderboard() {
        take(scoring(
                0,
                1,
                score("cards.best", ann.id(), 5, Board.Ranking.BEST),
                score("cards.best", bob.id(), 3, Board.Ranking.BEST),
                score("dice.sum", ann.id(), 5, Board.Ranking.SUM)));
        Sanction ban = new Sanction(Sanction.Kind.BAN, NOW + 1_000, "gone");
        assertThat(await(store.sanction(ann.id(), ban, Sanction.none(Sanction.Kind.BAN))))
                .isPresent();
        assertThat(await(store.eraseName(Erasure.of(ann.id(), "ann"), NOW))).isTrue();
        assertThat(board("cards.best", 0, 10)).containsExactly("1 bob 3");
        assertThat(await(store.leaderboard("cards.best", 0, 10)).players()).isEqualTo(1);
        assertThat(board("dice.sum", 0, 10)).isEmpty();
    }

    private Transaction withEvent(RoomTurn turn) {
        return Transaction.turn(turn, realm.fence(), List.of(), List.of(), List.of(WON), NOW);
    }

    /** Each is computed on the one before it, which is not durable yet. */
    @Test
    void turnsUnderWayAreTakenInTheirOrderAndNoneAfterOneThatFails() {
        int turns = 200;
        int failing = 120;
        List<CompletionStage<TransactionResult>> answers = new ArrayList<>();
        for (int i = 1; i <= turns; i++) {
            Leg[] legs = i == failing
                    ? new Leg[] {gold(bob.id(), CARDS, 1)}
                    : i % 3 == 0 ? new Leg[] {gold(CARDS, ann.id(), 1)} : new Leg[0];
            answers.add(ask(turn(i - 1, i), realm.fence(), legs));
        }
        List<TransactionResult> results = answers.stream().map(Realm::await).toList();
        assertThat(results.subList(0, failing - 1)).allMatch(TransactionResult::isCommitted);
        assertRefused(results.get(failing - 1), Refusal.Reason.INSUFFICIENT, "gold");
        results.subList(failing, turns)
                .forEach(result -> assertRefused(result, Refusal.Reason.OUT_OF_ORDER, "is " + (failing - 1)));
        assertKept(ROOM, failing - 1, "state " + (failing - 1), NEVER);
        assertThat(realm.inventory(ann).count("gold")).isEqualTo(100 + (failing - 1) / 3);
    }

    /** As when the answers to some were lost, and all are sent again. */
    @Test
    void turnsOfWhichTheRoomHasTheFirstOnesEndAsIfEachWereAlone() {
        take(turn(0, 1));
        take(turn(1, 2));
        take(turn(2, 3));
        List<CompletionStage<TransactionResult>> answers = new ArrayList<>();
        for (RoomTurn turn : List.of(turn(8, 9), turn(1, 2), turn(2, 3), turn(3, 4), turn(4, 5), turn(4, 6))) {
            answers.add(ask(turn, realm.fence()));
        }
        List<TransactionResult> results = answers.stream().map(Realm::await).toList();
        assertRefused(results.get(0), Refusal.Reason.OUT_OF_ORDER, "is 3, not 8");
        assertRefused(results.get(1), Refusal.Reason.OUT_OF_ORDER, "is 3, not 1");
        assertThat(results.subList(2, 5)).allMatch(TransactionResult::isCommitted);
        assertThat(results.subList(2, 5))
                .extracting(TransactionResult::isRepeat)
                .containsExactly(true, false, false);
        assertRefused(results.get(5), Refusal.Reason.OUT_OF_ORDER, "is 5, not 4");
        assertKept(ROOM, 5, "state 5", NEVER);

        List<CompletionStage<TransactionResult>> again = new ArrayList<>();
        for (RoomTurn turn : List.of(turn(8, 9), turn(3, 4), turn(4, 5))) {
            again.add(ask(turn, realm.fence()));
        }
        results = again.stream().map(Realm::await).toList();
        assertRefused(results.get(1), Refusal.Reason.OUT_OF_ORDER, "is 5, not 3");
        assertThat(results.get(2).isRepeat()).isTrue();
        assertKept(ROOM, 5, "state 5", NEVER);
    }

    @Test
    void roomsThatAreDueAreToldThoseThatHaveWaitedForLongestFirst() {
        List<RoomId> rooms =
                IntStream.range(0, 5).mapToObj(i -> new RoomId("room-" + i)).toList();
        long[] dues = {NOW + 4, NEVER, NOW + 1, NOW + 1_000_000_000_000L, -3};
        long[] fences = new long[rooms.size()];
        for (int i = 0; i < dues.length; i++) {
            fences[i] = Realm.acquire(store, rooms.get(i));
            await(ask(turn(rooms.get(i), 0, 1, "", dues[i]), fences[i]));
        }
        assertDue(NOW + 10, rooms.get(4), rooms.get(2), rooms.get(0));
        assertDue(NOW + 1, rooms.get(4), rooms.get(2));
        assertDue(NOW, rooms.get(4));
        assertDue(Long.MAX_VALUE, rooms.get(4), rooms.get(2), rooms.get(0), rooms.get(3));
        assertThat(await(store.dueRooms(Long.MAX_VALUE, 2)))
                .containsExactly(new DueRoom(rooms.get(4), "cards", -3), new DueRoom(rooms.get(2), "cards", NOW + 1));
        await(ask(turn(rooms.get(4), 1, 2, "", NEVER), fences[4]));
        await(ask(turn(rooms.get(2), 1, 2, "", NOW + 5), fences[2], gold(CARDS, ann.id(), 1)));
        await(ask(turn(rooms.get(1), 1, 2, "", NOW + 6), fences[1]));
        assertDue(NOW + 10, rooms.get(0), rooms.get(2), rooms.get(1));
        store = reopened(store);
        assertDue(NOW + 10, rooms.get(0), rooms.get(2), rooms.get(1));
    }

    private void assertDue(long untilMillis, RoomId... rooms) {
        assertThat(await(store.dueRooms(untilMillis, 10)))
                .extracting(DueRoom::room)
                .containsExactly(rooms);
    }

    @Test
    void aRoomThatNobodyUsesIsForgottenUnlessItsGameIsDueAtSomeTime() {
        long fence = Realm.acquire(store, CELLAR);
        await(ask(turn(CELLAR, 0, 1, "", NOW + 1_000_000_000_000L), fence));
        TransactionId first = await(
                        ask(turn(CELLAR, 1, 2, "2", NOW + 1_000_000_000_000L), fence, gold(CARDS, ann.id(), 1)))
                .id();
        await(store.releaseLease(LeaseKey.room(CELLAR), fence));
        forgetAllRooms();
        assertKept(CELLAR, 2, "2", NOW + 1_000_000_000_000L);
        assertThat(await(store.knowsRoom(CELLAR))).isTrue();
        await(ask(turn(CELLAR, 2, 3, "3", NEVER), fence));
        forgetAllRooms();
        assertThat(await(store.game(CELLAR))).isEmpty();
        assertThat(await(store.knowsRoom(CELLAR))).isFalse();
        assertThatThrownBy(() -> await(ask(turn(CELLAR, 0, 1, "late", NEVER), fence)))
                .hasCauseInstanceOf(StaleFenceException.class);

        long next = Realm.acquire(store, CELLAR);
        await(ask(turn(CELLAR, 0, 1, "anew", NEVER), next));
        TransactionId second = await(ask(turn(CELLAR, 1, 2, "", NEVER), next, gold(CARDS, ann.id(), 1)))
                .id();
        assertThat(second)
                .as("so that consumers of the feed can tell them apart")
                .isNotEqualTo(first);
        assertKept(CELLAR, 2, "", NEVER);
    }

    @Test
    void roomsWhoseGamesAreDueDoNotKeepOthersFromBeingForgotten() {
        List<RoomId> rooms =
                IntStream.range(0, 6).mapToObj(i -> new RoomId("room-" + i)).toList();
        for (RoomId room : rooms) {
            long fence = Realm.acquire(store, room);
            await(ask(turn(room, 0, 1, "", room.equals(rooms.get(5)) ? NEVER : NOW), fence));
            await(store.releaseLease(LeaseKey.room(room), fence));
        }
        int steps = 0;
        while (await(store.knowsRoom(rooms.get(5)))) {
            await(store.forgetRooms(0, System.currentTimeMillis(), 3));
            assertThat(steps++).isLessThan(20);
        }
        assertThat(await(store.dueRooms(NOW, 10))).hasSize(5);
    }

    protected final void forgetAllRooms() {
        int steps = 0;
        while (await(store.forgetRooms(0, System.currentTimeMillis(), 1_000))) {
            assertThat(steps++).isLessThan(10_000);
        }
    }

    static List<RoomTurn> malformedTurn() {
        return List.of(
                turn(-1, 1),
                turn(1, 1),
                turn(2, 1),
                turn(0, -1),
                new RoomTurn(ROOM, "", 0, 1, new byte[0], NEVER),
                new RoomTurn(ROOM, "no type", 0, 1, new byte[0], NEVER),
                new RoomTurn(ROOM, "cards", 0, 1, new byte[RoomTurn.STATE_BYTES_MAX + 1], NEVER));
    }

    @ParameterizedTest
    @MethodSource
    void malformedTurn(RoomTurn turn) {
        assertThatThrownBy(() -> take(turn))
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("malformed");
        assertThat(await(store.game(ROOM))).isEmpty();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 20261129})
    void theRoomsAgreeWithTheModel(long seed) {
        Random random = new Random(seed);
        List<RoomId> rooms =
                IntStream.range(0, 4).mapToObj(i -> new RoomId("room-" + i)).toList();
        TreeMap<RoomId, Long> fences = new TreeMap<>();
        TreeMap<RoomId, RoomTurn> kept = new TreeMap<>();
        TreeMap<String, Integer> tally = new TreeMap<>();
        long gold = 100;
        for (int burst = 0; burst < 40; burst++) {
            if (burst % 10 == 0) {
                store = reopened(store);
                realm = new Realm(store);
                rooms.forEach(room -> fences.put(room, Realm.acquire(store, room)));
            }
            List<CompletionStage<String>> answers = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                RoomId room = rooms.get(random.nextInt(rooms.size()));
                RoomTurn last = kept.getOrDefault(room, turn(room, -1, 0, "", NEVER));
                boolean isRepeat = last.revision() > 0 && random.nextInt(8) == 0;
                long follows = random.nextInt(10) == 0
                        ? Math.max(0, last.revision() + random.nextInt(3) - 1)
                        : last.revision();
                long due = random.nextInt(3) == 0 ? NEVER : NOW + random.nextInt(1_000);
                RoomTurn turn = isRepeat
                        ? last
                        : turn(room, follows, follows + 1 + random.nextInt(3), "burst " + burst + "." + i, due);
                long given = random.nextBoolean() ? 0 : random.nextInt(60) - 35;
                boolean isStale = random.nextInt(20) == 0;
                String expect = isStale
                        ? "stale"
                        : turn.revision() == last.revision()
                                ? "repeat"
                                : turn.follows() != last.revision()
                                        ? "OUT_OF_ORDER"
                                        : gold + given < 0 ? "INSUFFICIENT" : "committed";
                if (expect.equals("committed")) {
                    kept.put(room, turn);
                    gold += given;
                }
                expected.add(expect);
                tally.merge(expect, 1, Integer::sum);
                Leg[] legs = given == 0
                        ? new Leg[0]
                        : new Leg[] {given > 0 ? gold(CARDS, ann.id(), given) : gold(ann.id(), CARDS, -given)};
                answers.add(ask(turn, fences.getOrDefault(room, 0L) - (isStale ? 1 : 0), legs)
                        .handle((result, failure) -> failure != null
                                ? Causes.of(failure) instanceof StaleFenceException ? "stale" : failure.toString()
                                : result.refusal() != null
                                        ? result.refusal().reason().name()
                                        : result.isRepeat() ? "repeat" : "committed"));
            }
            assertThat(answers.stream().map(Realm::await).toList())
                    .as("burst " + burst)
                    .isEqualTo(expected);
            assertThat(realm.inventory(ann).count("gold")).isEqualTo(gold);
            kept.forEach((room, turn) ->
                    assertKept(room, turn.revision(), new String(turn.state(), UTF_8), turn.dueMillis()));
            assertThat(await(store.dueRooms(NOW + 500, 10)))
                    .extracting(DueRoom::dueMillis)
                    .isEqualTo(kept.values().stream()
                            .map(RoomTurn::dueMillis)
                            .filter(due -> due <= NOW + 500)
                            .sorted()
                            .toList());
        }
        assertThat(tally.keySet()).containsExactly("INSUFFICIENT", "OUT_OF_ORDER", "committed", "repeat", "stale");
    }
}
