package tavern.server.cluster;

/**
 * A server of the realm.
 *
 * @param id unique in the realm
 * @param host where players reach it
 * @param port 0 if it does not accept players yet
 */
public record Node(String id, String host, int port) {
    /** How the holder of a lease is written: {@code id@host:port}. */
    @Override
    public String toString() {
        return id + "@" + host + ":" + port;
    }

    /** @throws IllegalArgumentException when the text is not in the format of {@link #toString} */
    public static Node parse(String text) {
        int at = text.indexOf('@');
        int colon = text.lastIndexOf(':');
        if (at < 1 || colon < at) {
            throw new IllegalArgumentException("not a node: " + text);
        }
        return new Node(
                text.substring(0, at), text.substring(at + 1, colon), Integer.parseInt(text.substring(colon + 1)));
    }
}
