package tavern.server.cluster;

/**
 * A server of the realm, as another one sees it.
 *
 * @param schema of its store
 * @param silentMillis since it was last heard of
 * @param gone whether that is so long ago that nobody is sent there
 */
public record SeenNode(NodeReport report, int schema, long silentMillis, boolean gone) {
    String id() {
        return report.node().id();
    }

    /** Whether players may be sent there. */
    boolean isOpen() {
        return !gone && !report.draining();
    }
}
