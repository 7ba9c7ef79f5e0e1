package tavern.server.cluster;

import tavern.server.store.LeaseKey;

/** Another node holds the lease. Has no stack trace, because it is not a bug. */
public final class HeldElsewhereException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Node holder;
    private final long remainingMillis;

    public HeldElsewhereException(LeaseKey key, Node holder, long remainingMillis) {
        super(key + " is held by " + holder + " for another " + remainingMillis + " ms", null, false, false);
        this.holder = holder;
        this.remainingMillis = remainingMillis;
    }

    public Node holder() {
        return holder;
    }

    /** Time until the lease expires, unless its holder renews it. */
    public long remainingMillis() {
        return remainingMillis;
    }
}
