package tavern.server.cluster;

import tavern.server.store.LeaseKey;

/** The right to run a room, or to publish the realm's outbox. Any thread; nothing blocks. */
public interface Lease {
    LeaseKey key();

    /** Larger than any owner's before: what the store asks for at each commit. */
    long fence();

    State state();

    enum State {
        /** Nobody else can own it now. */
        HELD,
        /** It could not be renewed in time: somebody else may own it, or it may be held again. */
        UNCERTAIN,
        /** Somebody else has acquired it, or it was released: it is never held again. */
        LOST
    }
}
