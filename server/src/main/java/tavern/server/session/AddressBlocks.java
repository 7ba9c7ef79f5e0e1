package tavern.server.session;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** A set of addresses, given as blocks in CIDR notation. */
public final class AddressBlocks {
    private final List<IpSubnetFilterRule> blocks;

    private AddressBlocks(List<IpSubnetFilterRule> blocks) {
        this.blocks = blocks;
    }

    /**
     * The addresses of these blocks.
     *
     * @param blocks such as 10.0.0.0/8 or fd00::/8; the configuration has checked them
     */
    public static AddressBlocks of(List<String> blocks) {
        return new AddressBlocks(blocks.stream().map(AddressBlocks::rule).toList());
    }

    private static IpSubnetFilterRule rule(String block) {
        int slash = block.lastIndexOf('/');
        return new IpSubnetFilterRule(
                block.substring(0, slash), Integer.parseInt(block.substring(slash + 1)), IpFilterRuleType.ACCEPT);
    }

    public boolean contain(InetAddress address) {
        InetSocketAddress socket = new InetSocketAddress(address, 0);
        for (IpSubnetFilterRule block : blocks) {
            if (block.matches(socket)) {
                return true;
            }
        }
        return false;
    }
}
