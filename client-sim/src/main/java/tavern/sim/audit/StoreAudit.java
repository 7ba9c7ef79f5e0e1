package tavern.sim.audit;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a server's store by code that shares nothing with the server but the layout, and writes nothing. */
public interface StoreAudit {
    /**
     * What the store says.
     *
     * @param contradictions of the books among themselves
     * @param wrong trades that are not in it as told, and what is wrong with each
     * @param twice those of them whose goods moved otherwise than once
     */
    record Result(List<String> contradictions, Map<KnownTrade, String> wrong, Set<KnownTrade> twice) {}

    /**
     * Checks the books, and these trades against them. Blocks.
     *
     * @throws IOException when the store cannot be read
     */
    Result read(Collection<KnownTrade> trades) throws IOException;
}
