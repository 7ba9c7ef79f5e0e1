package tavern.server.session;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * What counts as one address: all of IPv4's, and of IPv6's the /64, since whoever has one of those addresses has all.
 *
 * @param bits the address, or the first half of it
 */
public record NetworkPrefix(boolean v6, long bits) {
    public static NetworkPrefix of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet6Address
                ? new NetworkPrefix(true, bytes.getLong())
                : new NetworkPrefix(false, bytes.getInt() & 0xffff_ffffL);
    }
}
