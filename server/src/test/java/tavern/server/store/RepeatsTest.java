package tavern.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tavern.server.time.SetClocks;

/** What a start asks a store that does not answer. */
final class RepeatsTest {
    private static final StoreUnavailableException SILENT = new StoreUnavailableException("it is silent", 100);

    private final SetClocks clocks = new SetClocks();
    private final Deque<CompletionStage<String>> answers = new ArrayDeque<>();
    private final AtomicInteger asked = new AtomicInteger();
    private long takesMillis;

    private CompletableFuture<String> ask() {
        return Repeats.whileUnavailable("test", 15_000, clocks.monotonic(), () -> {
            asked.incrementAndGet();
            clocks.turn(takesMillis);
            return answers.isEmpty() ? CompletableFuture.failedFuture(SILENT) : answers.remove();
        });
    }

    @Test
    void aStepIsRepeatedUntilItIsAnswered() {
        answers.add(CompletableFuture.failedFuture(SILENT));
        answers.add(CompletableFuture.completedFuture("yes"));
        assertThat(Realm.await(ask())).isEqualTo("yes");
        assertThat(asked).hasValue(2);
    }

    @Test
    void aStepThatFailsOtherwiseIsNotRepeated() {
        answers.add(CompletableFuture.failedFuture(new IllegalStateException("broken")));
        assertThatThrownBy(() -> Realm.await(ask())).hasMessageContaining("broken");
        assertThat(asked).hasValue(1);
    }

    @Test
    void itIsTheTimeThatEndsIt() {
        takesMillis = 5_000;
        assertThatThrownBy(() -> Realm.await(ask())).hasMessageContaining("it is silent");
        assertThat(asked).hasValue(3);
    }

    @Test
    void nothingIsRepeatedOnceNobodyWaits() {
        CompletableFuture<String> slow = new CompletableFuture<>();
        answers.add(slow);
        CompletableFuture<String> asking = ask();
        asking.cancel(false);
        slow.completeExceptionally(SILENT);
        assertThat(asked).hasValue(1);
    }
}
