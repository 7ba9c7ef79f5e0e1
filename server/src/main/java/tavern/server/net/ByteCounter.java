package tavern.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/** Counts the bytes of the protocol, without those of TLS. */
@Sharable
final class ByteCounter extends ChannelDuplexHandler {
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

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            metrics.bytesOut.increment(bytes.readableBytes());
        }
        context.write(message, promise);
    }
}
