package tavern.server.cluster;

import java.time.InstantSource;
import tavern.server.store.LeaseKey;

/**
 * A lease of this node. Whether it is held is looked up on the clock each time, so that a process that was stopped and
 * continued knows at once that it may be too late.
 */
final class OwnLease implements Lease {
    private final LeaseKey key;
    private final long fence;
    private final InstantSource clock;

    /** Others may own it past this; 2^63-1: there are no others. */
    private volatile long deadlineMillis;

    private volatile boolean lost;

    OwnLease(LeaseKey key, long fence, InstantSource clock, long deadlineMillis) {
        this.key = key;
        this.fence = fence;
        this.clock = clock;
        this.deadlineMillis = deadlineMillis;
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
        long deadline = deadlineMillis;
        // Each room asks at each tick: where there are no others, not even the clock has to be.
        return deadline == Long.MAX_VALUE || clock.millis() < deadline ? State.HELD : State.UNCERTAIN;
    }

    /** Answers of renewals overtake one another: the latest deadline counts. */
    synchronized void holdUntil(long millis) {
        deadlineMillis = Math.max(deadlineMillis, millis);
    }

    void lose() {
        lost = true;
    }
}
