package tavern.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import java.net.InetSocketAddress;

/** Carries a player's frames in binary messages; the player's connection begins when the server has upgraded it. */
final class WebSocketCarrier extends ChannelDuplexHandler {
    private static final int HEADER_BYTES_MAX = 8 * 1024;
    private static final int MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

    private WebSocketCarrier() {}

    static void addTo(ChannelPipeline pipeline, InetSocketAddress server) {
        WebSocketClientProtocolConfig config = WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri("ws://" + server.getAddress().getHostAddress() + ":" + server.getPort() + "/tavern")
                .subprotocol("tavern.v1")
                .maxFramePayloadLength(MESSAGE_BYTES_MAX)
                .handleCloseFrames(false)
                .build();
        pipeline.addLast(
                new HttpClientCodec(),
                new HttpObjectAggregator(HEADER_BYTES_MAX),
                new WebSocketClientProtocolHandler(config),
                new WebSocketCarrier());
    }

    /** Passed on when the connection is upgraded. */
    @Override
    public void channelActive(ChannelHandlerContext context) {}

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
            context.fireChannelActive();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof BinaryWebSocketFrame frame) {
            context.fireChannelRead(frame.content());
        } else if (message instanceof CloseWebSocketFrame close) {
            close.release();
            context.close();
        } else {
            throw new IllegalStateException("an unexpected message: " + message);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
        // The request for the upgrade passes here too.
        context.write(message instanceof ByteBuf bytes ? new BinaryWebSocketFrame(bytes) : message, written);
    }
}
