package tavern.server.store;

/** Another process has the store open. */
public final class StoreInUseException extends StoreOpenException {
    private static final long serialVersionUID = 1;

    public StoreInUseException(String message) {
        super(message);
    }
}
