package tavern.server;

import java.net.InetSocketAddress;
import tavern.server.cluster.Node;
import tavern.server.config.TavernConfig;

/** The address at which players and the realm's other servers reach this one. */
final class OwnAddress {
    private OwnAddress() {}

    /** This node as the other nodes know it: the address to which they send players. */
    static Node node(TavernConfig config, InetSocketAddress listening) {
        int port = config.cluster().advertisedPort();
        return new Node(config.nodeId(), host(config), port == 0 ? listening.getPort() : port);
    }

    /** As host and port. Before the server listens, a port that the system chooses is still 0. */
    static String advertised(TavernConfig config) {
        int port = config.cluster().advertisedPort();
        return host(config) + ":" + (port == 0 ? config.net().port() : port);
    }

    private static String host(TavernConfig config) {
        String host = config.cluster().advertisedHost();
        return host.isEmpty() ? config.net().host() : host;
    }
}
