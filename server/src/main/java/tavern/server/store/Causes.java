package tavern.server.store;

import java.util.concurrent.CompletionException;

/** What a stage really failed with. */
public final class Causes {
    private Causes() {}

    /** Stages that follow one that failed wrap its failure; this takes it out. */
    public static Throwable of(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
