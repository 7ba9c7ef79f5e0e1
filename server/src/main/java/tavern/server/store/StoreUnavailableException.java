package tavern.server.store;

import org.jspecify.annotations.Nullable;

/** The store does not answer now. Has no stack trace, because outages must be cheap. */
public final class StoreUnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    private final long retryAfterMillis;

    public StoreUnavailableException(String message, long retryAfterMillis) {
        this(message, retryAfterMillis, null);
    }

    /** @param cause what the store, or the way to it, has said; null for a refusal of our own */
    public StoreUnavailableException(String message, long retryAfterMillis, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.retryAfterMillis = retryAfterMillis;
    }

    public long retryAfterMillis() {
        return retryAfterMillis;
    }
}
