package tavern.server.cluster;

/** Another server has the same id. The message says in one line which server it is, and what to do. */
public final class NodeInUseException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    public NodeInUseException(String message) {
        super(message);
    }
}
