package tavern.server.cluster;

import java.util.concurrent.CompletionStage;
import tavern.server.store.LeaseKey;

/** What this node owns. Any thread; nothing blocks but {@link #close}. */
public interface Leases extends AutoCloseable {
    /**
     * Renewed from then on until it is released or lost. Fails with {@link HeldElsewhereException} when there are other
     * nodes and one of them holds it, else with {@link tavern.server.store.StoreUnavailableException}.
     */
    CompletionStage<Lease> acquire(LeaseKey key);

    /** Others may own it now. */
    void release(Lease lease);

    /** Stops renewing. */
    @Override
    void close();
}
