package tavern.server.cluster;

import tavern.server.store.LeaseKey;
import tavern.server.time.Clocks;

/**
 * A lease of this node. Each check whether it is held reads both clocks, so that after a pause of the process or a
 * suspend of the machine the holder notices at once that the lease may have expired.
 */
final class OwnLease implements Lease {
    private final LeaseKey key;
    private final long fence;
    private final Clocks clocks;

    /**
     * Others may hold the lease once this time has passed since the request to the store; 2^63-1 if there are no
     * others.
     */
    private final long heldMillis;

    /** When the request was sent that the store granted last. */
    private volatile Clocks.Moment asked;

    private volatile boolean lost;

    OwnLease(LeaseKey key, long fence, Clocks clocks, Clocks.Moment asked, long heldMillis) {
        this.key = key;
        this.fence = fence;
        this.clocks = clocks;
        this.asked = asked;
        this.heldMillis = heldMillis;
    }

    @Override
    public LeaseKey key() {
        return key;
    }

    @Override
    public long fence() {
        return fence;
    }

    @Override
    public State state() {
        if (lost) {
            return State.LOST;
        }
        // Every room checks at every tick: on a node without others, even reading the clocks is unnecessary.
        boolean surely = heldMillis == Long.MAX_VALUE || clocks.elapsedMillis(asked) < heldMillis;
        return surely ? State.HELD : State.UNCERTAIN;
    }

    /** Answers to renewals may arrive out of order: the one that was requested last counts. */
    synchronized void renewed(Clocks.Moment askedAt) {
        if (askedAt.monotonicMillis() >= asked.monotonicMillis()) {
            asked = askedAt;
        }
    }

    void lose() {
        lost = true;
    }
}
