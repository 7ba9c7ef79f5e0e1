package tavern.server.cluster;

/**
 * @param enabled whether there may be other nodes; if so, a room stops while its lease is uncertain
 * @param leaseMillis how long a lease is held without being renewed
 * @param advertisedHost where other nodes send players who ask for a room of this node; empty for {@code net.host}
 * @param advertisedPort the port that goes with it; 0 for the port that the node listens on
 * @param placementMarginPermille by how much less loaded another node must be to open a room that this one is asked for
 * @param directoryRoomsMax how many open rooms of other nodes this one knows at most
 * @param handoversPerSecond how many players this node sends to others in a second while it drains, at most
 * @param version that this node reports; empty for that of the build
 */
public record ClusterSettings(
        boolean enabled,
        int leaseMillis,
        String advertisedHost,
        int advertisedPort,
        int placementMarginPermille,
        int directoryRoomsMax,
        int handoversPerSecond,
        String version) {
    /** With the defaults of what concerns the directory. */
    public ClusterSettings(boolean enabled, int leaseMillis, String advertisedHost, int advertisedPort) {
        this(enabled, leaseMillis, advertisedHost, advertisedPort, 250, 100_000, 1_000, "");
    }
}
