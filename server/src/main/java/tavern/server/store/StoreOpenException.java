package tavern.server.store;

/** The store cannot be opened. The message names what, why and the cure in one line, fit to be shown as it is. */
public class StoreOpenException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    public StoreOpenException(String message) {
        super(message);
    }

    public StoreOpenException(String message, Throwable cause) {
        super(message, cause);
    }
}
