package tavern.server.store.redis;

/** Redis holds something under our keys that we did not write; the message names it. */
final class ForeignValueException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    ForeignValueException(String message) {
        super(message);
    }
}
