package tavern.sim.client;

/**
 * The connection went, or the time ran out, before the answer came: whether the request was carried out is not known.
 * Trades can be asked for again under the same id.
 */
public final class ConnectionLostException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ConnectionLostException(String message) {
        super(message, null, false, false);
    }
}
