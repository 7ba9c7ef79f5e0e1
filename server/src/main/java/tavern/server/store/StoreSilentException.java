package tavern.server.store;

/** The store cannot be opened because it does not answer now, which may pass. */
public final class StoreSilentException extends StoreOpenException {
    private static final long serialVersionUID = 1;

    public StoreSilentException(String message, Throwable cause) {
        super(message, cause);
    }
}
