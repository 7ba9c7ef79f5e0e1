package tavern.server.store;

/**
 * The store has answered, but with a value that no server wrote; the message names it. Any other failure says nothing
 * about what the store holds.
 */
public final class ForeignValueException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    public ForeignValueException(String message) {
        super(message);
    }
}
