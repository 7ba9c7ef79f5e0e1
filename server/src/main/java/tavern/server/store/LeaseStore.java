package tavern.server.store;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Which server runs what: leases of rooms, with the fences by which late writes of an earlier owner are refused, and of
 * the servers' own ids. Once a stage completes, its effect is durable.
 *
 * <p>No method blocks or throws; stages complete on the store's threads, where callbacks must be short or continue on
 * another thread. A stage fails with {@link StoreUnavailableException} when the store cannot be reached, is full, or has
 * too many operations in flight: the operation may or may not have been done, and can be repeated without harm.
 * Where trades could crowd leases out, leases have a bound of their own on the operations in flight, so that rooms are
 * not suspended because of many trades.
 */
public interface LeaseStore {
    /**
     * Makes the caller the key's owner, unless the lease of another holder has not expired. Grants a new fence, after
     * which older ones are refused. A holder that already has the lease gets it again with a new fence. The fence is
     * larger than any before, and at least the microseconds of the store's own clock, so that fences grow even when data
     * was lost.
     *
     * @param holder the caller, as shown to others
     */
    CompletionStage<LeaseAnswer> acquireLease(LeaseKey key, String holder, long ttlMillis);

    /**
     * Extends leases. One that has expired becomes held again, as long as no other node has acquired it since.
     *
     * @param fences of the leases to renew
     * @return the keys of lost leases, which other nodes have acquired
     */
    CompletionStage<Set<LeaseKey>> renewLeases(Map<LeaseKey, Long> fences, String holder, long ttlMillis);

    /**
     * Releases the lease if the fence is the newest; otherwise does nothing. The fence stays valid until there is
     * another.
     */
    CompletionStage<Void> releaseLease(LeaseKey key, long fence);

    /**
     * Makes the holder the only server with this id for the given time, or extends that time, unless the time of
     * another holder has not expired.
     *
     * @param holder different for each start of a server
     * @param gone a holder that is known to have ended, and may be replaced at once; empty for none
     * @return {@code Granted}, whose fence has no meaning, or the current holder
     */
    CompletionStage<LeaseAnswer> holdNode(String nodeId, String holder, String gone, long ttlMillis);

    /** Gives the id up for other holders; does nothing if another one has it. */
    CompletionStage<Void> releaseNode(String nodeId, String holder);
}
