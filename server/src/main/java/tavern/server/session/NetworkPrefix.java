package tavern.server.session;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * What counts as one address: all bits for IPv4, and the /64 for IPv6, since the holder of one address there has the
 * whole /64.
 *
 * @param bits the address, or its first half
 */
public record NetworkPrefix(boolean v6, long bits) {
    public static NetworkPrefix of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet6Address
                ? new NetworkPrefix(true, bytes.getLong())
                : new NetworkPrefix(false, bytes.getInt() & 0xffff_ffffL);
    }
}
