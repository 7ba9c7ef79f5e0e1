package tavern.server.archive;

/** The ledger moves what is not there, so nothing of it may be sealed. */
final class UnsoundLedgerException extends Exception {
    private static final long serialVersionUID = 1;

    UnsoundLedgerException(String message) {
        super(message);
    }
}
