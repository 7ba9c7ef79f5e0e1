package tavern.server.net;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import tavern.protocol.v1.ServerMessage;
import tavern.server.room.Frames;

/** Messages to frames. Buffers are frames already, encoded once for many, and pass. */
@ChannelHandler.Sharable
final class MessageEncoder extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        Object frame = message instanceof ServerMessage answer ? Frames.encode(context.alloc(), answer) : message;
        context.write(frame, promise);
    }
}
