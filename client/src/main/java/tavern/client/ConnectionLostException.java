package tavern.client;

/**
 * The connection was lost, or the request timed out, before the answer arrived: whether the request was carried out is
 * unknown. A trade offer can safely be repeated under the same id.
 */
public final class ConnectionLostException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ConnectionLostException(String message) {
        super(message, null, false, false);
    }
}
