package tavern.server.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.server.store.LeaseKey;
import tavern.server.store.LeaseStore;
import tavern.server.store.StoreUnavailableException;
import tavern.server.time.Clocks;

/** The leases of a node. While another server has the node's id, they count as not held and are not renewed. */
public final class NodeLeases implements Leases {
    private static final long RETRY_AFTER_MILLIS = 5_000;

    private final Leases leases;
    private final NodeLease node;

    private NodeLeases(Leases leases, NodeLease node) {
        this.leases = leases;
        this.node = node;
    }

    /** @param self completes once the node listens; until then nothing is acquired */
    public static NodeLeases start(
            LeaseStore store, ClusterSettings settings, CompletionStage<Node> self, NodeLease node, Clocks clocks) {
        return new NodeLeases(StoreLeases.start(store, settings, self, () -> !node.isLost(), clocks), node);
    }

    @Override
    public CompletionStage<Lease> acquire(LeaseKey key) {
        return node.isLost() ? refused() : leases.acquire(key).thenApply(Guarded::new);
    }

    @Override
    public CompletionStage<Lease> acquire(LeaseKey key, Taking how) {
        return node.isLost() ? refused() : leases.acquire(key, how).thenApply(Guarded::new);
    }

    private static CompletionStage<Lease> refused() {
        return CompletableFuture.failedFuture(new StoreUnavailableException(
                "another server has this one's node.id; this one opens no rooms", RETRY_AFTER_MILLIS));
    }

    @Override
    public void release(Lease lease) {
        leases.release(lease instanceof Guarded guarded ? guarded.lease : lease);
    }

    @Override
    public void close() {
        leases.close();
    }

    private final class Guarded implements Lease {
        private final Lease lease;

        Guarded(Lease lease) {
            this.lease = lease;
        }

        @Override
        public LeaseKey key() {
            return lease.key();
        }

        @Override
        public long fence() {
            return lease.fence();
        }

        @Override
        public State state() {
            State state = lease.state();
            return state == State.HELD && node.isLost() ? State.UNCERTAIN : state;
        }
    }
}
