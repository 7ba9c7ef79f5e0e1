package tavern.server.store.embedded;

/**
 * An operation that checked, wrote nothing and ends with {@code reason}: its batch goes on. Any other exception takes
 * the whole transaction back.
 */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final Exception reason;

    Refusal(Exception reason) {
        super(reason.getMessage(), reason, false, false);
        this.reason = reason;
    }

    static Refusal illegal(String message) {
        return new Refusal(new IllegalArgumentException(message));
    }

    Exception reason() {
        return reason;
    }
}
