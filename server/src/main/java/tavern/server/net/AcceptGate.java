package tavern.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tavern.server.guard.PacedLog;
import tavern.server.session.AddressBlocks;
import tavern.server.session.NetworkPrefix;

/**
 * Counts connections, in total and by address, and closes those above the limits before anything is spent on them. When
 * the system refuses to give more connections, the gate waits a second before it tries again. Confined to the listening
 * channel's loop, so that the counts need no lock.
 */
final class AcceptGate extends ChannelInboundHandlerAdapter {
    private static final int BACK_OFF_SECONDS = 1;

    private final NetSettings.Limits limits;
    private final int connectionsMax;
    private final OutboundBudget budget;
    private final NetMetrics metrics;
    private final AddressBlocks uncounted;
    private final AddressBlocks proxies;
    private final Map<NetworkPrefix, Integer> byAddress = new HashMap<>();
    private final PacedLog log = PacedLog.perMinute(LoggerFactory.getLogger(AcceptGate.class));

    // Written by the loop, read by any thread.
    private volatile int connections;
    private volatile @Nullable String failure;
    private volatile long failedNanos;

    /** @param connectionsMax the limit of the configuration, or of the process's descriptors */
    AcceptGate(NetSettings settings, int connectionsMax, OutboundBudget budget, NetMetrics metrics) {
        this.limits = settings.limits();
        this.connectionsMax = connectionsMax;
        this.budget = budget;
        this.metrics = metrics;
        this.uncounted = AddressBlocks.of(limits.uncountedAddresses());
        this.proxies = AddressBlocks.of(settings.proxies());
    }

    /** The reason why nobody can connect now, or null when clients can. Safe on any thread. */
    @Nullable
    String closedBecause() {
        if (connections >= connectionsMax) {
            return "all " + connectionsMax + " connections are taken";
        }
        if (budget.isExceeded()) {
            return "too much waits for slow clients";
        }
        String reason = failure;
        // The gate tries again every second: after three seconds without another failure the trouble is over.
        boolean isRecent = Ticker.systemTicker().nanoTime() - failedNanos < TimeUnit.SECONDS.toNanos(3);
        return reason != null && isRecent ? "connections cannot be accepted: " + reason : null;
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

    /**
     * Without free descriptors every attempt fails at once, and over some transports this repeats for ever: the gate
     * pauses before the next attempt, and logs the failure once a minute.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        String reason = PacedLog.describe(cause);
        failedNanos = Ticker.systemTicker().nanoTime();
        failure = reason;
        log.warn("connections cannot be accepted: {}; trying again every second; check ulimit -n", reason);
        ChannelConfig config = context.channel().config();
        if (config.isAutoRead()) {
            config.setAutoRead(false);
            context.executor().schedule(() -> config.setAutoRead(true), BACK_OFF_SECONDS, TimeUnit.SECONDS);
        }
    }

    private boolean enter(ChannelHandlerContext context, Channel child, InetSocketAddress remote) {
        if (connections >= connectionsMax || budget.isExceeded()) {
            return false;
        }
        InetAddress address = remote.getAddress();
        // Behind a proxy each client is counted when its address is known.
        if (!proxies.contain(address) && !enterFrom(context.executor(), child, address)) {
            return false;
        }
        count(1);
        child.closeFuture().addListener(closed -> context.executor().execute(() -> count(-1)));
        return true;
    }

    /** Counts an accepted connection by the address that its proxy has told, and closes it above the limit. Any thread. */
    void enter(Channel child, InetAddress client) {
        EventExecutor loop = child.parent().eventLoop();
        loop.execute(() -> {
            if (!enterFrom(loop, child, client)) {
                metrics.refused.increment();
                child.close();
            }
        });
    }

    private boolean enterFrom(EventExecutor loop, Channel child, InetAddress address) {
        if (uncounted.contain(address)) {
            return true;
        }
        NetworkPrefix prefix = NetworkPrefix.of(address);
        if (byAddress.getOrDefault(prefix, 0) >= limits.connectionsPerAddressMax()) {
            return false;
        }
        byAddress.merge(prefix, 1, Integer::sum);
        child.closeFuture().addListener(closed -> loop.execute(() -> leave(prefix)));
        return true;
    }

    private void leave(NetworkPrefix prefix) {
        byAddress.computeIfPresent(prefix, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Called on the loop alone, so no update is lost between read and write. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void count(int by) {
        connections += by;
    }
}
