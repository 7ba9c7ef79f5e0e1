package tavern.server.cluster;

/**
 * @param enabled whether there may be other nodes; if so, a room stops while its lease is uncertain
 * @param leaseMillis how long a lease is held without being renewed
 * @param advertisedHost where other nodes send players who ask for a room of this node; empty for {@code net.host}
 * @param advertisedPort the port that goes with it; 0 for the port that the node listens on
 * @param placementMarginPermille by how much less loaded another node must be to open a room that this one is asked for
 * @param directoryRoomsMax how many open rooms of other nodes this one knows at most
 */
public record ClusterSettings(
        boolean enabled,
        int leaseMillis,
        String advertisedHost,
        int advertisedPort,
        int placementMarginPermille,
        int directoryRoomsMax) {
    /** With the defaults of what concerns the directory. */
    public ClusterSettings(boolean enabled, int leaseMillis, String advertisedHost, int advertisedPort) {
        this(enabled, leaseMillis, advertisedHost, advertisedPort, 250, 100_000);
    }
}
