package tavern.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Counts the bytes of the protocol that come in, without those of TLS. */
@Sharable
final class ByteCounter extends ChannelInboundHandlerAdapter {
    private final NetMetrics metrics;

    ByteCounter(NetMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf bytes) {
            metrics.bytesIn.increment(bytes.readableBytes());
        }
        context.fireChannelRead(message);
    }
}
