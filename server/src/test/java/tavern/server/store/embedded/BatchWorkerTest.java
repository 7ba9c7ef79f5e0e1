package tavern.server.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class BatchWorkerTest {
    @Test
    void aConsumerThatThrowsFailsItsBatchAndNotTheThread() throws Exception {
        try (BatchWorker<CompletableFuture<String>> worker = new BatchWorker<>(
                "worker-test", 1, BatchWorkerTest::answerAllButTheFirst, CompletableFuture::completeExceptionally)) {
            worker.start();
            CompletableFuture<String> first = new CompletableFuture<>();
            worker.add(first);
            assertThatThrownBy(() -> first.get(5, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseMessage("the first");
            CompletableFuture<String> second = new CompletableFuture<>();
            worker.add(second);
            assertThat(second.get(5, TimeUnit.SECONDS)).isEqualTo("done");
        }
    }

    private static boolean thrown;

    private static void answerAllButTheFirst(List<CompletableFuture<String>> batch, BooleanSupplier more) {
        if (!thrown) {
            thrown = true;
            throw new LinkageError("the first");
        }
        batch.forEach(item -> item.complete("done"));
    }

    @Test
    void whatComesDuringABatchJoinsItUpToTheBound() throws Exception {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        CompletableFuture<Void> came = new CompletableFuture<>();
        CompletableFuture<List<Integer>> joined = new CompletableFuture<>();
        BatchWorker.Consumer<Integer> consumer = (batch, more) -> {
            begun.complete(null);
            came.join();
            boolean any = more.getAsBoolean();
            boolean others = more.getAsBoolean();
            if (any && !others) {
                joined.complete(List.copyOf(batch));
            }
        };
        try (BatchWorker<Integer> worker = new BatchWorker<>("worker-test", 3, consumer, (item, failure) -> {})) {
            worker.start();
            worker.add(1);
            begun.get(5, TimeUnit.SECONDS);
            for (int item = 2; item <= 5; item++) {
                worker.add(item);
            }
            came.complete(null);
            assertThat(joined.get(5, TimeUnit.SECONDS)).containsExactly(1, 2, 3);
        }
    }
}
