package tavern.server.cluster;

import java.util.concurrent.CompletionStage;
import tavern.server.store.LeaseAnswer;
import tavern.server.store.LeaseKey;

/** The leases of this node. Safe on any thread; methods do not block, except {@link #close}. */
public interface Leases extends AutoCloseable {
    /**
     * Acquires a lease, which is then renewed until it is released or lost. Fails with {@link HeldElsewhereException}
     * when there are other nodes and one of them holds it, else with {@link
     * tavern.server.store.StoreUnavailableException}.
     */
    CompletionStage<Lease> acquire(LeaseKey key);

    /**
     * Acquires a lease in another way, with the answer of which it is held as one that was {@link #acquire acquired}.
     * Fails as the other way does, and with {@link HeldElsewhereException} when the answer is that another node holds it.
     */
    CompletionStage<Lease> acquire(LeaseKey key, Taking how);

    /** Asks the store for a lease. */
    @FunctionalInterface
    interface Taking {
        /** @param holder this node, as shown to others */
        CompletionStage<LeaseAnswer> take(String holder, long ttlMillis);
    }

    /** Gives the lease up; other nodes may acquire it from now on. */
    void release(Lease lease);

    /** Stops renewing. */
    @Override
    void close();
}
