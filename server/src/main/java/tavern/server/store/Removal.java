package tavern.server.store;

/**
 * What one step of a removal did.
 *
 * @param removed number of entries of the ledger that are gone
 * @param more whether there is more to remove now
 */
public record Removal(int removed, boolean more) {}
