package tavern.server.store;

/** Entries of the ledger after the position that was asked for have left the store: they are in the archive. */
public final class EntriesRemovedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param through position of the last entry that was removed */
    public EntriesRemovedException(String position, String through) {
        super(
                "the entries of the ledger after " + position + " and up to " + through
                        + " are in the archive, not in the store; begin at the newest checkpoint or at the oldest entry",
                null,
                false,
                false);
    }
}
