package tavern.server.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Begins what ends later. */
public final class Stages {
    private Stages() {}

    /** Begins the step; what it throws at once becomes a failed stage, like what fails later. */
    @SuppressWarnings("IllegalCatch") // nobody would wait for the end of a step that did not even begin
    public static <T> CompletionStage<T> begin(Supplier<? extends CompletionStage<T>> step) {
        try {
            return step.get();
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
