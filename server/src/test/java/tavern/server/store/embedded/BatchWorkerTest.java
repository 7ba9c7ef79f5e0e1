package tavern.server.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
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

    private static void answerAllButTheFirst(List<CompletableFuture<String>> batch) {
        if (!thrown) {
            thrown = true;
            throw new LinkageError("the first");
        }
        batch.forEach(item -> item.complete("done"));
    }
}
