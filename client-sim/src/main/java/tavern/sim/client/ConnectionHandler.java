package tavern.sim.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import org.jspecify.annotations.Nullable;

/** The client's end of the pipeline: one for each connection. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is handled where it completes
final class ConnectionHandler extends SimpleChannelInboundHandler<ByteBuf> {
    private final TavernClient client;
    private @Nullable Throwable cause;

    ConnectionHandler(TavernClient client) {
        this.client = client;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) throws Exception {
        client.onFrame(context.channel(), frame);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        client.onInactive(context.channel(), cause);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
        cause = thrown;
        context.close();
    }
}
