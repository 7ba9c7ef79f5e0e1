package tavern.server.cluster;

import tavern.server.store.LeaseKey;

/** Another node holds the lease, or is to acquire it. Has no stack trace, because it is not a bug. */
public final class HeldElsewhereException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Node holder;
    private final long remainingMillis;

    public HeldElsewhereException(LeaseKey key, Node holder, long remainingMillis) {
        this(key + " is held by " + holder + " for another " + remainingMillis + " ms", holder, remainingMillis);
    }

    private HeldElsewhereException(String message, Node holder, long remainingMillis) {
        super(message, null, false, false);
        this.holder = holder;
        this.remainingMillis = remainingMillis;
    }

    /** Nobody holds it yet, and this node is to do so. */
    public static HeldElsewhereException placed(LeaseKey key, Node node) {
        return new HeldElsewhereException(key + " is to be held by " + node, node, 0);
    }

    public Node holder() {
        return holder;
    }

    /** Time until the lease expires, unless its holder renews it. */
    public long remainingMillis() {
        return remainingMillis;
    }
}
