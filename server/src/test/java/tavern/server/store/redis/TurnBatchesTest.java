package tavern.server.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.game.RoomId;
import tavern.server.store.OperationsInFlight;
import tavern.server.store.RoomTurn;
import tavern.server.store.StaleFenceException;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionResult;

final class TurnBatchesTest {
    private static final RoomId HALL = new RoomId("hall");
    private static final RoomId CELLAR = new RoomId("cellar");
    private static final long FENCE = 7;

    private final List<TurnChain> sent = new ArrayList<>();
    private final List<CompletableFuture<List<TransactionResult>>> replies = new ArrayList<>();
    private final OperationsInFlight inFlight = new OperationsInFlight(200, "wait");
    private final TurnBatches batches = new TurnBatches(inFlight, this::keep);
    private boolean isBroken;

    private CompletionStage<List<TransactionResult>> keep(TurnChain chain) {
        if (isBroken) {
            throw new IllegalStateException("no memory");
        }
        CompletableFuture<List<TransactionResult>> reply = new CompletableFuture<>();
        sent.add(chain);
        replies.add(reply);
        return reply;
    }

    private static Transaction turn(RoomId room, String type, long fence, int follows) {
        RoomTurn turn = new RoomTurn(room, type, follows, follows + 1, new byte[0], RoomTurn.NEVER);
        return Transaction.turn(turn, fence, List.of(), List.of(), List.of(), 1_000);
    }

    private CompletableFuture<TransactionResult> take(int follows) {
        return batches.take(turn(HALL, "cards", FENCE, follows)).toCompletableFuture();
    }

    private void commit(int call) {
        replies.get(call).complete(sent.get(call).results(sent.get(call).turn().follows()));
    }

    private static void assertFailed(CompletableFuture<TransactionResult> answer, Throwable cause) {
        assertThat(answer).isCompletedExceptionally();
        assertThatThrownBy(answer::join).hasCause(cause);
    }

    @AfterEach
    void nothingIsInFlight() {
        assertThat(inFlight.count()).isZero();
    }

    @Test
    void whatComesWhileACallIsUnderWayLeavesInOneCallWhenItIsAnswered() {
        CompletableFuture<TransactionResult> first = take(0);
        List<CompletableFuture<TransactionResult>> others = List.of(take(1), take(2), take(3));
        assertThat(sent).hasSize(1);
        assertThat(inFlight.count()).isEqualTo(4);
        commit(0);
        assertThat(first).isCompleted();
        assertThat(sent).hasSize(2);
        assertThat(sent.get(1).turn().follows()).isEqualTo(1);
        assertThat(sent.get(1).turn().revision()).isEqualTo(4);
        assertThat(sent.get(1).revisionsBefore()).containsExactly(2L, 3L);
        commit(1);
        assertThat(others).allMatch(CompletableFuture::isDone);
        take(4);
        assertThat(sent).as("nothing is under way any more").hasSize(3);
        commit(2);
    }

    @Test
    void roomsDoNotWaitForEachOther() {
        take(0);
        batches.take(turn(CELLAR, "cards", FENCE, 0));
        assertThat(sent).hasSize(2);
        commit(0);
        commit(1);
    }

    @Test
    void aTurnThatDoesNotFollowAndOneTooManyBeginCallsOfTheirOwnBehindWhatWaits() {
        take(0);
        take(1);
        take(5); // sends the one before it
        batches.take(turn(HALL, "cards", FENCE + 1, 6));
        batches.take(turn(HALL, "dice", FENCE + 1, 7));
        assertThat(sent).hasSize(4);
        assertThat(sent).extracting(chain -> chain.turn().follows()).containsExactly(0L, 1L, 5L, 6L);
        for (int i = 0; i < TurnBatches.TURNS_MAX; i++) {
            batches.take(turn(HALL, "dice", FENCE + 1, 8 + i));
        }
        assertThat(sent).hasSize(5);
        assertThat(sent.get(4).size()).isEqualTo(TurnBatches.TURNS_MAX);
        for (int call = 0; call < 6; call++) {
            commit(call);
        }
        assertThat(sent).hasSize(6);
    }

    /** What is sent when a call is answered could otherwise overtake what another thread has just sent. */
    @Test
    void nothingThatWaitsIsSentBeforeATurnWithGoodsThatCameEarlierIsAnswered() {
        take(0);
        take(1);
        CompletableFuture<TransactionResult> goods = new CompletableFuture<>();
        List<Integer> sentBefore = new ArrayList<>();
        batches.take(HALL, () -> {
            sentBefore.add(sent.size());
            return goods;
        });
        assertThat(sentBefore).as("calls before it").containsExactly(2);
        take(3);
        commit(0);
        commit(1);
        assertThat(sent).hasSize(2);
        goods.completeExceptionally(new IllegalStateException("anything"));
        assertThat(sent).hasSize(3);
        commit(2);
    }

    @Test
    void inAnOutageWhatWaitsFailsWithTheCallForWhichItHasWaited() {
        CompletableFuture<TransactionResult> first = take(0);
        CompletableFuture<TransactionResult> second = take(1);
        StoreUnavailableException outage = new StoreUnavailableException("silence", 500);
        replies.get(0).completeExceptionally(outage);
        assertFailed(first, outage);
        assertFailed(second, outage);
        assertThat(sent).hasSize(1);
        take(0);
        assertThat(sent).hasSize(2);
        commit(1);
    }

    @Test
    void soItDoesWhenThatIsATurnWithGoods() {
        StoreUnavailableException outage = new StoreUnavailableException("silence", 500);
        CompletableFuture<TransactionResult> goods = new CompletableFuture<>();
        CompletableFuture<TransactionResult> first =
                batches.take(HALL, () -> goods).toCompletableFuture();
        CompletableFuture<TransactionResult> second = take(1);
        goods.completeExceptionally(outage);
        assertFailed(first, outage);
        assertFailed(second, outage);
        assertThat(sent).isEmpty();
    }

    @Test
    void whateverElseACallFailsOfSaysNothingOfThoseThatWait() {
        CompletableFuture<TransactionResult> first = take(0);
        CompletableFuture<TransactionResult> second = take(1);
        StaleFenceException stale = new StaleFenceException(HALL, FENCE, FENCE + 1);
        replies.get(0).completeExceptionally(stale);
        assertFailed(first, stale);
        assertThat(second).isNotDone();
        commit(1);
        assertThat(second).isCompleted();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallThatCannotBeMadeFailsItsTurnsAndNoOthers(boolean waits) {
        if (waits) {
            take(0);
        }
        isBroken = true;
        CompletableFuture<TransactionResult> failing = take(1);
        if (waits) {
            commit(0);
        }
        assertThatThrownBy(failing::join).hasCauseInstanceOf(IllegalStateException.class);
        isBroken = false;
        CompletableFuture<TransactionResult> next = take(2);
        commit(sent.size() - 1);
        assertThat(next).isCompleted();
    }

    @Test
    void aTurnTooManyInFlightIsRefused() {
        for (int i = 0; i < 200; i++) {
            take(i);
        }
        assertThatThrownBy(() -> take(200).join()).hasCauseInstanceOf(StoreUnavailableException.class);
        for (int call = 0; call < sent.size(); call++) {
            commit(call);
        }
    }
}
