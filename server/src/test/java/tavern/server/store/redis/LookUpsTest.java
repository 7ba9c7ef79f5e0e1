package tavern.server.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tavern.server.store.ForeignValueException;
import tavern.server.store.OperationsInFlight;
import tavern.server.store.StoreUnavailableException;

final class LookUpsTest {
    private final List<List<Integer>> sent = new ArrayList<>();
    private final List<CompletableFuture<List<Integer>>> replies = new ArrayList<>();
    private final OperationsInFlight inFlight = new OperationsInFlight(100, "wait");
    private final LookUps<Integer, Integer, String> lookUps = new LookUps<>(inFlight, this::ask, this::finish);
    private CompletableFuture<Void> finished = CompletableFuture.completedFuture(null);

    private CompletionStage<String> finish(int key, int found) {
        return finished.thenApply(done -> key + " is " + found);
    }

    private CompletionStage<List<Integer>> ask(List<Integer> keys) {
        CompletableFuture<List<Integer>> reply = new CompletableFuture<>();
        sent.add(keys);
        replies.add(reply);
        return reply;
    }

    private CompletableFuture<String> find(int key) {
        return lookUps.find(key).toCompletableFuture();
    }

    private void reply(int call) {
        replies.get(call).complete(sent.get(call).stream().map(key -> 10 * key).toList());
    }

    @AfterEach
    void nothingIsInFlight() {
        assertThat(inFlight.count()).isZero();
    }

    @Test
    void whatComesWhileACallIsUnderWayLeavesInOneCallWhenItIsAnswered() {
        CompletableFuture<String> first = find(1);
        CompletableFuture<String> second = find(2);
        CompletableFuture<String> third = find(3);
        assertThat(sent).containsExactly(List.of(1));
        assertThat(inFlight.count()).isEqualTo(3);
        reply(0);
        assertThat(first).isCompletedWithValue("1 is 10");
        assertThat(sent).containsExactly(List.of(1), List.of(2, 3));
        reply(1);
        assertThat(second).isCompletedWithValue("2 is 20");
        assertThat(third).isCompletedWithValue("3 is 30");
        find(4);
        assertThat(sent).as("nothing is under way any more").hasSize(3);
        reply(2);
    }

    @Test
    void aFullBatchDoesNotWait() {
        for (int i = 0; i <= LookUps.BATCH_MAX; i++) {
            find(i);
        }
        assertThat(sent).extracting(List::size).containsExactly(1, LookUps.BATCH_MAX);
        find(1_000);
        reply(0);
        assertThat(sent).as("the other call is under way").hasSize(2);
        reply(1);
        reply(2);
    }

    @Test
    void oneOfSeveralThatIsAtFaultFailsAlone() {
        find(0);
        List<CompletableFuture<String>> answers = List.of(find(1), find(2), find(3));
        reply(0);
        replies.get(1).completeExceptionally(new ForeignValueException("one of them"));
        assertThat(sent.subList(2, 5)).containsExactly(List.of(1), List.of(2), List.of(3));
        ForeignValueException fault = new ForeignValueException("not ours");
        replies.get(3).completeExceptionally(fault);
        reply(2);
        reply(4);
        assertThat(answers.get(0)).isCompletedWithValue("1 is 10");
        assertThatThrownBy(() -> answers.get(1).join()).hasCause(fault);
        assertThat(answers.get(2)).isCompletedWithValue("3 is 30");
    }

    @Test
    void inAnOutageWhatWaitsFailsWithTheCallForWhichItHasWaited() {
        List<CompletableFuture<String>> answers = List.of(find(1), find(2));
        StoreUnavailableException outage = new StoreUnavailableException("silence", 500);
        replies.get(0).completeExceptionally(outage);
        for (CompletableFuture<String> answer : answers) {
            assertThatThrownBy(answer::join).hasCause(outage);
        }
        assertThat(sent).hasSize(1);
        find(3);
        assertThat(sent).hasSize(2);
        reply(1);
    }

    /** A reply that is made of another one fails with what has failed there as its cause. */
    @Test
    void anOutageIsRecognisedByItsCause() {
        List<CompletableFuture<String>> answers = List.of(find(1), find(2), find(3));
        StoreUnavailableException outage = new StoreUnavailableException("silence", 500);
        replies.get(0).completeExceptionally(new CompletionException(outage));
        for (CompletableFuture<String> answer : answers) {
            assertThatThrownBy(answer::join).hasCause(outage);
        }
        assertThat(sent).hasSize(1);
    }

    @Test
    void whatWasFoundIsInFlightUntilItIsAnswered() {
        finished = new CompletableFuture<>();
        CompletableFuture<String> first = find(1);
        CompletableFuture<String> second = find(2);
        reply(0);
        assertThat(sent).as("the next call does not wait for that").hasSize(2);
        assertThat(inFlight.count()).isEqualTo(2);
        finished.complete(null);
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        assertThat(inFlight.count()).isEqualTo(1);
        reply(1);
    }

    @Test
    void oneTooManyInFlightIsRefused() {
        for (int i = 0; i < 100; i++) {
            find(i);
        }
        assertThatThrownBy(() -> find(100).join()).hasCauseInstanceOf(StoreUnavailableException.class);
        for (int call = 0; call < sent.size(); call++) {
            reply(call);
        }
    }
}
