package tavern.server.store;

/**
 * The transaction's id is from too far ahead of the store's clock: its outcome would be remembered for too long. Nothing was
 * done now.
 */
public final class IdTooNewException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param aheadMillis by how much the id's time is ahead of the store's clock */
    public IdTooNewException(TransactionId id, long aheadMillis) {
        super(
                "the id " + id + " is from " + aheadMillis + " ms ahead of the store's clock, of at most "
                        + Transaction.BORN_AHEAD_MILLIS_MAX,
                null,
                false,
                false);
    }
}
