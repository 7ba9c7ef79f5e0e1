package tavern.server.store;

/**
 * The transaction's id is so old that its outcome may have been forgotten: nobody can tell whether it was done. Nothing
 * was done now.
 */
public final class OutcomeForgottenException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param forgottenMillis outcomes of ids from before this time may have been forgotten */
    public OutcomeForgottenException(TransactionId id, long forgottenMillis) {
        super(
                "the id " + id + " is of " + id.bornMillis() + ", and outcomes of before " + forgottenMillis
                        + " may be forgotten; use a new id",
                null,
                false,
                false);
    }
}
