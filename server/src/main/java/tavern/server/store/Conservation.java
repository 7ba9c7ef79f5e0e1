package tavern.server.store;

import java.util.List;

/**
 * @param trades committed ones
 * @param differences what does not add up, in words; empty when all goods are accounted for
 */
public record Conservation(long players, long trades, long ledgerRows, List<String> differences) {
    public boolean holds() {
        return differences.isEmpty();
    }
}
