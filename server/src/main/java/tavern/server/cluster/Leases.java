package tavern.server.cluster;

import java.util.concurrent.CompletionStage;
import tavern.server.store.LeaseKey;

/** The leases of this node. Safe on any thread; methods do not block, except {@link #close}. */
public interface Leases extends AutoCloseable {
    /**
     * Acquires a lease, which is then renewed until it is released or lost. Fails with {@link HeldElsewhereException}
     * when there are other nodes and one of them holds it, else with {@link
     * tavern.server.store.StoreUnavailableException}.
     */
    CompletionStage<Lease> acquire(LeaseKey key);

    /** Gives the lease up; other nodes may acquire it from now on. */
    void release(Lease lease);

    /** Stops renewing. */
    @Override
    void close();
}
