package tavern.server.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tavern.server.store.StoreUnavailableException;

final class ReadsInTurnTest {
    private final List<CompletableFuture<Integer>> asked = new ArrayList<>();
    private long nanos;
    private final ReadsInTurn reads = new ReadsInTurn(() -> nanos);

    private CompletionStage<Integer> read() {
        return reads.read(() -> {
            CompletableFuture<Integer> question = new CompletableFuture<>();
            asked.add(question);
            return question;
        });
    }

    private static void assertRefused(CompletionStage<Integer> answer) {
        assertThatThrownBy(() -> answer.toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void fewAreUnderWayAtOnceAndTheOthersFollowInTheirOrder() {
        List<CompletionStage<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 3 * ReadsInTurn.UNDER_WAY_MAX; i++) {
            answers.add(read());
        }
        for (int i = 0; i < answers.size(); i++) {
            assertThat(asked).hasSize(Math.min(answers.size(), i + ReadsInTurn.UNDER_WAY_MAX));
            asked.get(i).complete(i);
            assertThat(answers.get(i).toCompletableFuture()).isCompletedWithValue(i);
        }
    }

    @Test
    void oneThatFailsLetsTheNextOneThrough() {
        List<CompletionStage<Integer>> answers = new ArrayList<>();
        for (int i = 0; i <= ReadsInTurn.UNDER_WAY_MAX; i++) {
            answers.add(read());
        }
        IllegalStateException fault = new IllegalStateException("Redis has gone");
        asked.get(0).completeExceptionally(fault);
        assertThatThrownBy(() -> answers.get(0).toCompletableFuture().join()).hasCause(fault);
        assertThat(asked).hasSize(ReadsInTurn.UNDER_WAY_MAX + 1);
    }

    @Test
    void thoseThatAreAnsweredAtOnceNeedNoDeeperStackTheMoreWait() {
        for (int i = 0; i < ReadsInTurn.UNDER_WAY_MAX; i++) {
            read();
        }
        List<CompletionStage<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < ReadsInTurn.WAITING_MAX; i++) {
            int number = i;
            answers.add(reads.read(() -> CompletableFuture.completedFuture(number)));
        }
        assertRefused(read());
        asked.get(0).complete(0);
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).toCompletableFuture()).isCompletedWithValue(i);
        }
    }

    @Test
    void whenRedisIsOutNobodyWaitsForIt() {
        for (int i = 0; i < ReadsInTurn.UNDER_WAY_MAX; i++) {
            read();
        }
        CompletionStage<Integer> waiting = read();
        asked.get(0).completeExceptionally(new StoreUnavailableException("Redis is frozen", 500));
        assertRefused(waiting);
        assertThat(asked).hasSize(ReadsInTurn.UNDER_WAY_MAX);
        read();
        assertThat(asked).as("those that come later ask again").hasSize(ReadsInTurn.UNDER_WAY_MAX + 1);
    }

    @Test
    void aQuestionThatThrowsTakesNobodysPlace() {
        IllegalStateException fault = new IllegalStateException("a bug");
        for (int i = 0; i <= ReadsInTurn.UNDER_WAY_MAX; i++) {
            CompletionStage<Integer> failed = reads.read(() -> {
                throw fault;
            });
            assertThatThrownBy(() -> failed.toCompletableFuture().join()).hasCause(fault);
        }
        read();
        assertThat(asked).hasSize(1);
    }

    @Test
    void whoHasWaitedForTooLongIsRefused() {
        for (int i = 0; i < ReadsInTurn.UNDER_WAY_MAX; i++) {
            read();
        }
        CompletionStage<Integer> late = read();
        nanos += TimeUnit.MILLISECONDS.toNanos(ReadsInTurn.WAIT_MILLIS_MAX) + 1;
        CompletionStage<Integer> next = read();
        asked.get(0).complete(0);
        assertRefused(late);
        assertThat(asked).hasSize(ReadsInTurn.UNDER_WAY_MAX + 1);
        asked.get(ReadsInTurn.UNDER_WAY_MAX).complete(1);
        assertThat(next.toCompletableFuture()).isCompletedWithValue(1);
    }
}
