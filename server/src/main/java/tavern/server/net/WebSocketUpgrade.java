package tavern.server.net;

import static io.netty.handler.codec.http.HttpResponseStatus.BAD_REQUEST;
import static io.netty.handler.codec.http.HttpResponseStatus.FORBIDDEN;
import static io.netty.handler.codec.http.HttpResponseStatus.NOT_FOUND;
import static io.netty.handler.codec.http.HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
import static io.netty.handler.codec.http.HttpResponseStatus.REQUEST_URI_TOO_LONG;
import static io.netty.handler.codec.http.HttpResponseStatus.UPGRADE_REQUIRED;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.util.ReferenceCountUtil;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;

/**
 * P-90 to P-92: answers the request that a connection begins with, and puts a {@link WebSocket} into its own place, or
 * refuses. The time for {@code Hello} runs meanwhile.
 */
final class WebSocketUpgrade extends ChannelInboundHandlerAdapter {
    static final String PATH = "/tavern";
    static final String SUBPROTOCOL = "tavern.v1";
    static final String VERSION = "13";

    private static final int LINE_BYTES_MAX = 2 * 1024;
    private static final int HEADER_BYTES_MAX = 8 * 1024;
    private static final int CHUNK_BYTES_MAX = 1024;
    private static final int KEY_BYTES = 16;

    private final NettyConnection connection;
    private final WebPageOrigins origins;
    private final WebSocket webSocket;
    private final HttpRefusal refusal = new HttpRefusal();
    private @Nullable HttpRequest accepted;

    WebSocketUpgrade(NettyConnection connection, WebPageOrigins origins, WebSocket webSocket) {
        this.connection = connection;
        this.origins = origins;
        this.webSocket = webSocket;
    }

    /** Adds all that reads the request behind a handler. */
    void addAfter(ChannelHandlerContext before) {
        HttpDecoderConfig limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(LINE_BYTES_MAX)
                .setMaxHeaderSize(HEADER_BYTES_MAX)
                .setMaxChunkSize(CHUNK_BYTES_MAX);
        before.pipeline()
                .addAfter(before.name(), "http-answer", new HttpResponseEncoder())
                .addAfter("http-answer", "http-request", new HttpRequestDecoder(limits))
                .addAfter("http-request", "upgrade", this);
        connection.carriedBy(refusal);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (connection.isClosing()) {
                return;
            }
            if (message instanceof HttpRequest request) {
                judge(context, request);
            } else if (message instanceof LastHttpContent && accepted != null) {
                upgrade(context, accepted);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void judge(ChannelHandlerContext context, HttpRequest request) {
        HttpHeaders headers = request.headers();
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (request.decoderResult().isFailure()) {
            refuse(context, statusOf(request.decoderResult().cause()), "The request cannot be read.");
        } else if (!request.protocolVersion().equals(HttpVersion.HTTP_1_1) || hasBody(headers)) {
            refuse(context, BAD_REQUEST, "A WebSocket begins with a GET of HTTP/1.1 without a body.");
        } else if (headers.getAll(HttpHeaderNames.HOST).size() != 1 || isAmbiguous(headers)) {
            refuse(context, BAD_REQUEST, "Host must be there once, and Origin and Sec-WebSocket-… at most once.");
        } else if (!headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                || !headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
            refuse(context, UPGRADE_REQUIRED, "This is the port of a game server: use a WebSocket on " + PATH + ".");
        } else if (!VERSION.equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            refuse(context, UPGRADE_REQUIRED, "Only version " + VERSION + " of WebSocket is spoken.");
        } else if (!path(request.uri()).equals(PATH)) {
            refuse(context, NOT_FOUND, "The game is at " + PATH + ".");
        } else if (!isKey(headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY))) {
            refuse(context, BAD_REQUEST, "Sec-WebSocket-Key must be the Base64 form of 16 bytes.");
        } else if (origin != null && !origins.contain(origin)) {
            refuse(context, FORBIDDEN, "Pages of this origin may not connect; see net.websocket.origins.");
        } else {
            accepted = request;
        }
    }

    private void upgrade(ChannelHandlerContext context, HttpRequest request) {
        ChannelPipeline pipeline = context.pipeline();
        context.writeAndFlush(new Handshake().response(request));
        connection.carriedBy(webSocket);
        pipeline.addAfter("upgrade", "websocket", webSocket)
                .addAfter("upgrade", "websocket-frames", webSocket.decoder());
        pipeline.remove("http-answer");
        pipeline.remove(this);
        // Passes what has come behind the request on to the WebSocket.
        pipeline.remove("http-request");
    }

    private void refuse(ChannelHandlerContext context, HttpResponseStatus status, String why) {
        refusal.because(status, why);
        context.fireExceptionCaught(new ProtocolException(ErrorCode.BAD_FRAME, why));
        // What follows is not parsed any more, but discarded.
        context.pipeline().remove("http-request");
    }

    private static HttpResponseStatus statusOf(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return REQUEST_URI_TOO_LONG;
        }
        return cause instanceof TooLongHttpHeaderException ? REQUEST_HEADER_FIELDS_TOO_LARGE : BAD_REQUEST;
    }

    private static boolean hasBody(HttpHeaders headers) {
        return headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                || !headers.get(HttpHeaderNames.CONTENT_LENGTH, "0").equals("0");
    }

    /** Of two values a proxy in front might have judged the other one. */
    private static boolean isAmbiguous(HttpHeaders headers) {
        return headers.getAll(HttpHeaderNames.ORIGIN).size() > 1
                || headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY).size() > 1
                || headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_VERSION).size() > 1;
    }

    private static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    private static boolean isKey(@Nullable String key) {
        try {
            return key != null && Base64.getDecoder().decode(key.strip()).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Used for its answer alone: the pipeline is changed here, since Netty's way loses what follows the request. */
    private static final class Handshake extends WebSocketServerHandshaker13 {
        Handshake() {
            super("", SUBPROTOCOL, WebSocketDecoderConfig.newBuilder().build());
        }

        FullHttpResponse response(HttpRequest request) {
            // Among other protocols, too; Netty throws unless it is the only one that the client names.
            request.headers().set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
            FullHttpRequest whole = new DefaultFullHttpRequest(
                    request.protocolVersion(),
                    request.method(),
                    request.uri(),
                    Unpooled.EMPTY_BUFFER,
                    request.headers(),
                    EmptyHttpHeaders.INSTANCE);
            return newHandshakeResponse(whole, null);
        }
    }
}
