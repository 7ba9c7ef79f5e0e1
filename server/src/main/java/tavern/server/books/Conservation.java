package tavern.server.books;

import java.util.List;

/**
 * What a check of the whole ledger found.
 *
 * @param players number of players, without named accounts
 * @param trades number of committed trades
 * @param entries number of entries in the ledger
 * @param differences mismatches, in words; empty when all goods are accounted for
 */
public record Conservation(long players, long trades, long entries, List<String> differences) {
    public boolean holds() {
        return differences.isEmpty();
    }
}
