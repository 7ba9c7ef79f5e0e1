package tavern.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tavern.server.session.NetworkPrefix;

/**
 * Counts connections, in all and by address, and closes those above the limits before anything is spent on them. On
 * the listening channel's loop alone, so that the counts need no lock.
 */
final class AcceptGate extends ChannelInboundHandlerAdapter {
    private final NetSettings.Limits limits;
    private final NetMetrics metrics;
    private final List<IpSubnetFilterRule> uncounted;
    private final Map<NetworkPrefix, Integer> byAddress = new HashMap<>();
    private int connections;

    AcceptGate(NetSettings.Limits limits, NetMetrics metrics) {
        this.limits = limits;
        this.metrics = metrics;
        this.uncounted =
                limits.uncountedAddresses().stream().map(AcceptGate::rule).toList();
    }

    private static IpSubnetFilterRule rule(String block) {
        int slash = block.lastIndexOf('/');
        return new IpSubnetFilterRule(
                block.substring(0, slash), Integer.parseInt(block.substring(slash + 1)), IpFilterRuleType.ACCEPT);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        Channel child = (Channel) accepted;
        InetSocketAddress remote = (InetSocketAddress) child.remoteAddress();
        // The peer may be gone again already.
        if (remote == null || !enter(context, child, remote)) {
            metrics.refused.increment();
            child.unsafe().closeForcibly();
        } else {
            metrics.accepted.increment();
            context.fireChannelRead(child);
        }
    }

    private boolean enter(ChannelHandlerContext context, Channel child, InetSocketAddress remote) {
        if (connections >= limits.connectionsMax()) {
            return false;
        }
        if (isUncounted(remote)) {
            connections++;
            child.closeFuture().addListener(closed -> context.executor().execute(() -> connections--));
            return true;
        }
        InetAddress address = remote.getAddress();
        NetworkPrefix prefix = NetworkPrefix.of(address);
        if (byAddress.getOrDefault(prefix, 0) >= limits.connectionsPerAddressMax()) {
            return false;
        }
        connections++;
        byAddress.merge(prefix, 1, Integer::sum);
        child.closeFuture().addListener(closed -> context.executor().execute(() -> leave(prefix)));
        return true;
    }

    private void leave(NetworkPrefix prefix) {
        connections--;
        byAddress.computeIfPresent(prefix, (key, count) -> count == 1 ? null : count - 1);
    }

    private boolean isUncounted(InetSocketAddress remote) {
        for (IpSubnetFilterRule rule : uncounted) {
            if (rule.matches(remote)) {
                return true;
            }
        }
        return false;
    }
}
