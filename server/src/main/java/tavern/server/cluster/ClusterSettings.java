package tavern.server.cluster;

/**
 * @param enabled there may be other nodes: a room stops while its lease is uncertain
 * @param leaseMillis how long a lease is held without being renewed
 * @param advertisedHost where players are sent who ask another node for a room of this one; empty: {@code net.host}
 * @param advertisedPort likewise; 0: the port listened on
 */
public record ClusterSettings(boolean enabled, int leaseMillis, String advertisedHost, int advertisedPort) {}
