package tavern.server.room;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import tavern.server.cluster.Lease;
import tavern.server.cluster.Leases;
import tavern.server.store.LeaseKey;

/** Leases that a test takes away, as another server would. */
final class LosableLeases implements Leases {
    private final Leases leases;
    private volatile boolean lost;
    private volatile boolean uncertain;
    private final AtomicInteger looks = new AtomicInteger();

    LosableLeases(Leases leases) {
        this.leases = leases;
    }

    private record Losable(Lease lease, LosableLeases of) implements Lease {
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
            of.looks.incrementAndGet();
            if (of.lost) {
                return State.LOST;
            }
            return of.uncertain ? State.UNCERTAIN : lease.state();
        }
    }

    /** From now on, all leases are lost. */
    void lose() {
        lost = true;
    }

    /** Whether it is uncertain whose the leases are. */
    void doubt(boolean isUncertain) {
        uncertain = isUncertain;
    }

    /** How often somebody has asked how a lease is. */
    int looks() {
        return looks.get();
    }

    @Override
    public CompletionStage<Lease> acquire(LeaseKey key) {
        return leases.acquire(key).thenApply(lease -> new Losable(lease, this));
    }

    @Override
    public CompletionStage<Lease> acquire(LeaseKey key, Taking how) {
        return leases.acquire(key, how).thenApply(lease -> new Losable(lease, this));
    }

    @Override
    public void release(Lease lease) {
        leases.release(((Losable) lease).lease());
    }

    @Override
    public void close() {
        leases.close();
    }
}
