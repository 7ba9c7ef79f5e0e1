package tavern.server.cluster;

/** A server of the realm cannot live beside this one. The message says in one line which, why, and what to do. */
public final class UnfitNodeException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    public UnfitNodeException(String message) {
        super(message);
    }
}
