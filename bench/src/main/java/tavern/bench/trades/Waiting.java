package tavern.bench.trades;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Waits for answers before and after a measurement. */
public final class Waiting {
    private static final int SECONDS_MAX = 120;

    private Waiting() {}

    /** @throws IOException if the stage fails or takes too long */
    public static <T> T on(CompletionStage<T> stage) throws IOException {
        try {
            return stage.toCompletableFuture()
                    .copy()
                    .orTimeout(SECONDS_MAX, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        }
    }
}
