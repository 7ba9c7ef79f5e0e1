package tavern.server.cluster;

import tavern.server.store.LeaseKey;

/** The right to run a room, or to publish the realm's outbox. Safe on any thread; methods do not block. */
public interface Lease {
    LeaseKey key();

    /** The fencing token, larger than that of any earlier holder. The store checks it at each commit. */
    long fence();

    State state();

    enum State {
        /** No other node can hold the lease now. */
        HELD,
        /** The lease was not renewed in time: another node may hold it, or this one may hold it again. */
        UNCERTAIN,
        /** Another node has acquired the lease, or it was released. This object never becomes held again. */
        LOST
    }
}
