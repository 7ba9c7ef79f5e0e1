package tavern.server.net;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_VERSION;
import static io.netty.handler.codec.http.HttpHeaderNames.UPGRADE;
import static io.netty.handler.codec.http.HttpHeaderValues.CLOSE;
import static io.netty.handler.codec.http.HttpHeaderValues.TEXT_PLAIN;
import static io.netty.handler.codec.http.HttpHeaderValues.WEBSOCKET;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;

/** Carries nothing: until a request has become a WebSocket, all that can be said is why it does not. */
final class HttpRefusal implements Carrier {
    private HttpResponseStatus status = HttpResponseStatus.SERVICE_UNAVAILABLE;
    private String why = "The server does not take this connection.";

    /** Sets what the last word is going to be. */
    void because(HttpResponseStatus answer, String text) {
        status = answer;
        why = text;
    }

    @Override
    public int write(ChannelHandlerContext out, ByteBuf frame, ChannelPromise written) {
        frame.release();
        throw new IllegalStateException("a frame for a client that has not said Hello");
    }

    @Override
    public Object lastWord(ByteBufAllocator allocator, @Nullable ByteBuf error, @Nullable ErrorCode code) {
        if (error != null) {
            error.release();
        }
        if (code == ErrorCode.HELLO_TIMEOUT || code == ErrorCode.IDLE_TIMEOUT) {
            because(HttpResponseStatus.REQUEST_TIMEOUT, "The request did not come in time.");
        }
        ByteBuf text = Unpooled.copiedBuffer(why + "\n", StandardCharsets.US_ASCII);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, text);
        response.headers()
                .set(CONTENT_TYPE, TEXT_PLAIN)
                .set(CONTENT_LENGTH, text.readableBytes())
                .set(CONNECTION, CLOSE);
        if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
            response.headers()
                    .set(UPGRADE, WEBSOCKET)
                    .set(CONNECTION, "Upgrade, close")
                    .set(SEC_WEBSOCKET_VERSION, WebSocketUpgrade.VERSION);
        }
        return response;
    }
}
