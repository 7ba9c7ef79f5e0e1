package tavern.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ErrorCode;
import tavern.server.guard.PacedLog;

/**
 * P-94: waits for the PROXY header with which every connection from a load balancer begins. The connection itself, its
 * TLS and its time for {@code Hello} begin behind the header.
 */
final class ProxyHeader extends ChannelInboundHandlerAdapter {
    private static final PacedLog log = PacedLog.perMinute(LoggerFactory.getLogger(ProxyHeader.class));

    /** Of version 2, behind the addresses: load balancers add a few names and a checksum. */
    private static final int EXTRA_BYTES_MAX = 1024;

    private final int secondsMax;
    private final NetMetrics metrics;
    private final Start start;
    private @Nullable ScheduledFuture<?> deadline;

    /** Starts a connection whose client is known. */
    interface Start {
        /** @param client null when the proxy itself has made the connection, as for a check of health */
        void begin(ChannelPipeline pipeline, @Nullable InetAddress client);
    }

    private ProxyHeader(int secondsMax, NetMetrics metrics, Start start) {
        this.secondsMax = secondsMax;
        this.metrics = metrics;
        this.start = start;
    }

    /** @param secondsMax from accept to a complete header */
    static void addTo(ChannelPipeline pipeline, int secondsMax, NetMetrics metrics, Start start) {
        pipeline.addLast("proxy-decoder", new HAProxyMessageDecoder(EXTRA_BYTES_MAX))
                .addLast("proxy-header", new ProxyHeader(secondsMax, metrics, start));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        deadline = context.executor().schedule(() -> late(context), secondsMax, TimeUnit.SECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        cancelDeadline();
    }

    /** Passed on when the header is here. */
    @Override
    public void channelActive(ChannelHandlerContext context) {}

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
        if (!(message instanceof HAProxyMessage header)) {
            ReferenceCountUtil.release(message); // what has come together with a header that was refused
            return;
        }
        InetAddress client;
        try {
            client = clientOf(header);
        } finally {
            header.release();
        }
        start.begin(context.pipeline(), client);
        context.fireChannelActive();
        context.pipeline().remove(this);
    }

    private static @Nullable InetAddress clientOf(HAProxyMessage header) throws IOException {
        if (header.command() == HAProxyCommand.LOCAL) {
            return null;
        }
        return switch (header.proxiedProtocol()) {
            case UNKNOWN -> null;
            case TCP4, TCP6 -> address(header.sourceAddress());
            default -> throw new IOException("a client over " + header.proxiedProtocol());
        };
    }

    private static InetAddress address(String text) throws UnknownHostException {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        if (bytes == null) {
            throw new UnknownHostException("a source that is no address");
        }
        return InetAddress.getByAddress(bytes);
    }

    private void late(ChannelHandlerContext context) {
        refuse(context.channel(), ErrorCode.HELLO_TIMEOUT, "none came within " + secondsMax + " s");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        refuse(context.channel(), ErrorCode.BAD_FRAME, PacedLog.describe(cause));
    }

    private void refuse(Channel channel, ErrorCode code, String why) {
        cancelDeadline();
        log.warn(
                "a connection from {} has no valid PROXY header: {}; let the proxy send one, or take its address out of"
                        + " net.proxy-protocol.from",
                ((InetSocketAddress) channel.remoteAddress()).getAddress().getHostAddress(),
                why);
        metrics.closed(code).increment();
        channel.close();
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
