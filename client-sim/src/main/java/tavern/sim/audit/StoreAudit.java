package tavern.sim.audit;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a server's store with code that shares only the storage layout with the server. Writes nothing. */
public interface StoreAudit {
    /**
     * The findings in the store.
     *
     * @param contradictions contradictions within the store's books
     * @param wrong trades that the store does not have as reported, and what is wrong with each
     * @param twice the wrong trades whose goods did not move exactly once
     */
    record Result(List<String> contradictions, Map<KnownTrade, String> wrong, Set<KnownTrade> twice) {}

    /**
     * Checks the books, and these trades against them. Blocks until done.
     *
     * @throws IOException when the store cannot be read
     */
    Result read(Collection<KnownTrade> trades) throws IOException;
}
