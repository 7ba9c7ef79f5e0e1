package tavern.server.cluster;

import tavern.server.store.LeaseKey;

/** Another node owns it. Without a stack trace: it is no bug. */
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

    /** Until it runs out, unless it is renewed. */
    public long remainingMillis() {
        return remainingMillis;
    }
}
