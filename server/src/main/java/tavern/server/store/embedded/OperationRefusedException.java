package tavern.server.store.embedded;

import java.util.function.Supplier;

/**
 * The operation has written nothing and ends with {@code reason}; its batch continues. Any other exception rolls back
 * the whole transaction.
 */
final class OperationRefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final Exception reason;

    OperationRefusedException(Exception reason) {
        super(reason.getMessage(), reason, false, false);
        this.reason = reason;
    }

    static OperationRefusedException illegal(String message) {
        return new OperationRefusedException(new IllegalArgumentException(message));
    }

    /** Lets an {@link IllegalArgumentException} refuse the operation that asks. */
    static <T> T unlessPossible(Supplier<T> work) throws OperationRefusedException {
        try {
            return work.get();
        } catch (IllegalArgumentException e) {
            throw new OperationRefusedException(e);
        }
    }

    Exception reason() {
        return reason;
    }
}
