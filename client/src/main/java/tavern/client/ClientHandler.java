package tavern.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import org.jspecify.annotations.Nullable;

/** The last handler of the client's pipeline; one for each connection. */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
final class ClientHandler extends SimpleChannelInboundHandler<ByteBuf> {
    private final TavernClient client;
    private @Nullable Throwable cause;

    ClientHandler(TavernClient client) {
        this.client = client;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) throws Exception {
        client.onFrame(context.channel(), frame);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        client.onBytes(context.channel());
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
