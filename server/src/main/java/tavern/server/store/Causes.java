package tavern.server.store;

import java.util.concurrent.CompletionException;

/** Finds the cause of a failed stage. */
public final class Causes {
    private Causes() {}

    /** Unwraps the failure, which dependent stages wrap. */
    public static Throwable of(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
