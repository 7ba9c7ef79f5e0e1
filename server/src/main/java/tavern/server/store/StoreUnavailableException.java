package tavern.server.store;

/** The store does not answer now. Has no stack trace, because outages must be cheap. */
public final class StoreUnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    private final long retryAfterMillis;

    public StoreUnavailableException(String message, long retryAfterMillis) {
        super(message, null, false, false);
        this.retryAfterMillis = retryAfterMillis;
    }

    public long retryAfterMillis() {
        return retryAfterMillis;
    }
}
