package tavern.server.net;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where to listen, and the limits that hold from the first byte.
 *
 * @param port 0: any free one
 * @param tls null: plain TCP
 */
public record NetSettings(
        String host,
        int port,
        Transport transport,
        @Nullable Tls tls,
        Limits limits) {
    public enum Transport {
        /** io_uring where it can be had, else epoll, else NIO. */
        AUTO,
        EPOLL,
        IO_URING,
        NIO
    }

    /** PEM files. */
    public record Tls(Path certificate, Path key) {}

    /**
     * What one connection may cost.
     *
     * @param frameBytesMax of one inbound frame once the session is known
     * @param helloBytesMax of one inbound frame before that
     * @param helloSeconds from accept to a whole Hello
     * @param idleSeconds without a byte from the client
     * @param frameSeconds from a frame's first byte to its last
     * @param framesPerSecond of any kind; twice as many at once; more is flooding
     * @param connectionsMax in all
     * @param connectionsPerAddressMax from one address (of IPv6 its /64)
     * @param uncountedAddresses in CIDR notation: load balancers and load tests
     * @param outboundBytesMax waiting for one client
     * @param outboundStalledSeconds with bytes waiting and none taken
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
            int outboundStalledSeconds) {}
}
