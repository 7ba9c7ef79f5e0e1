package tavern.server.net;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.server.tls.PemPair;

/**
 * The address to listen on, and the limits that hold from the first byte.
 *
 * @param port 0 for any free one
 * @param tls null for plain TCP
 * @param origins of the web pages that may open a WebSocket
 * @param proxies in CIDR notation: from there every connection begins with a PROXY header
 */
public record NetSettings(
        String host,
        int port,
        Transport transport,
        @Nullable PemPair tls,
        List<String> origins,
        List<String> proxies,
        Limits limits) {
    public enum Transport {
        /** io_uring where available, else epoll, else NIO. */
        AUTO,
        EPOLL,
        IO_URING,
        NIO
    }

    /**
     * The most that one connection may cost.
     *
     * @param frameBytesMax of one inbound frame once the session is known
     * @param helloBytesMax of one inbound frame before that
     * @param helloSeconds from accept to a complete Hello
     * @param idleSeconds without a byte from the client
     * @param frameSeconds from a frame's first byte to its last
     * @param framesPerSecond of any kind; bursts may be twice as large; more is flooding
     * @param connectionsMax in total
     * @param connectionsPerAddressMax from one address (for IPv6, from its /64)
     * @param uncountedAddresses in CIDR notation: load balancers and load tests
     * @param outboundBytesMax waiting for one client
     * @param outboundStalledSeconds with bytes waiting and none taken
     * @param outboundTotalBytes waiting for all clients together, or 0 to derive it from the available memory
     */
    public record Limits(
            int frameBytesMax,
            int helloBytesMax,
            int helloSeconds,
            int idleSeconds,
            int frameSeconds,
            int framesPerSecond,
            int connectionsMax,
            int connectionsPerAddressMax,
            List<String> uncountedAddresses,
            int outboundBytesMax,
            int outboundStalledSeconds,
            long outboundTotalBytes) {}
}
