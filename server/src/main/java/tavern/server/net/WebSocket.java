package tavern.server.net;

import static io.netty.handler.codec.http.websocketx.WebSocketCloseStatus.INVALID_MESSAGE_TYPE;
import static io.netty.handler.codec.http.websocketx.WebSocketCloseStatus.MESSAGE_TOO_BIG;
import static io.netty.handler.codec.http.websocketx.WebSocketCloseStatus.NORMAL_CLOSURE;
import static io.netty.handler.codec.http.websocketx.WebSocketCloseStatus.PROTOCOL_ERROR;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;
import tavern.server.room.Frames;
import tavern.server.room.TokenBucket;
import tavern.server.time.MonotonicClock;

/**
 * P-93: the byte stream of a connection in the binary messages of a WebSocket. Inbound, the contents of data
 * frames are passed on and control frames are answered; outbound, each of our frames is one message.
 */
final class WebSocket extends ChannelInboundHandlerAdapter implements Carrier {
    private static final int OPCODE_CLOSE = 0x8;
    private static final int OPCODE_PONG = 0xA;
    private static final int FINAL = 0x80;
    private static final int CONTROL_BYTES_MAX = 125;

    /** The longest length in front of a frame, which a message may contain too. */
    private static final int LENGTH_BYTES_MAX = 5;

    /** Error codes follow this number as codes of the close frame, in the range for private use. */
    private static final int STATUS_OF_ERRORS = 4_000;

    private static final int STATUS_MAX = 4_999;

    private final NettyConnection connection;
    private final NetSettings.Limits limits;
    private final MonotonicClock clock;
    private final TokenBucket frames;
    private final Decoder decoder;
    private @Nullable WebSocketCloseStatus violated;
    private boolean answered;

    /** Of the frame of which only a part has come. */
    private @Nullable ScheduledFuture<?> deadline;

    WebSocket(NettyConnection connection, NetSettings.Limits limits, MonotonicClock clock) {
        this.connection = connection;
        this.limits = limits;
        this.clock = clock;
        this.frames = new TokenBucket(limits.framesPerSecond(), clock.millis());
        this.decoder = new Decoder(limits.frameBytesMax() + LENGTH_BYTES_MAX);
    }

    /** What must stand before this handler. */
    WebSocket13FrameDecoder decoder() {
        return decoder;
    }

    @Override
    public int heldBytes() {
        return decoder.heldBytes();
    }

    // ---- inbound ----

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        WebSocketFrame frame = (WebSocketFrame) message;
        cancelDeadline();
        try {
            if (!connection.isClosing()) {
                read(context, frame);
            }
        } finally {
            frame.release();
        }
    }

    private void read(ChannelHandlerContext context, WebSocketFrame frame) {
        if (frames.tryTake(clock.millis()) > 0) {
            // Frames that are empty or pings are not counted as messages.
            refuse(
                    context,
                    null,
                    ErrorCode.FLOODING,
                    "more than " + limits.framesPerSecond() + " frames of a WebSocket a second");
        } else if (frame instanceof PingWebSocketFrame) {
            answer(context, frame.content());
        } else if (frame instanceof CloseWebSocketFrame close) {
            closed(context, close);
        } else if (frame instanceof TextWebSocketFrame) {
            refuse(context, INVALID_MESSAGE_TYPE, ErrorCode.BAD_FRAME, "messages must be binary");
        } else if (!(frame instanceof PongWebSocketFrame) && frame.content().isReadable()) {
            context.fireChannelRead(frame.content().retain());
        }
    }

    /** A client that does not read its pongs gets none: only the newest ping needs an answer. */
    private void answer(ChannelHandlerContext context, ByteBuf ping) {
        if (context.channel().isWritable()) {
            context.write(control(context.alloc(), OPCODE_PONG, ping), context.voidPromise());
            answered = true;
        }
    }

    private void closed(ChannelHandlerContext context, CloseWebSocketFrame close) {
        int status = close.statusCode();
        // Netty takes all codes above 2999 for valid.
        if (status > STATUS_MAX) {
            refuse(
                    context,
                    PROTOCOL_ERROR,
                    ErrorCode.BAD_FRAME,
                    "WebSocket: " + status + " is no code of a close frame");
            return;
        }
        connection.closedByClient(
                status < 0
                        ? control(context.alloc(), OPCODE_CLOSE, Unpooled.EMPTY_BUFFER)
                        : closeFrame(context.alloc(), status, ""));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (answered) {
            answered = false;
            context.flush();
        }
        if (decoder.isWithinFrame() && !connection.isClosing()) {
            if (deadline == null) {
                deadline = context.executor().schedule(() -> late(context), limits.frameSeconds(), TimeUnit.SECONDS);
            }
            connection.count();
            int held = decoder.heldBytes();
            if (held > connection.inboundBytesMax() + LENGTH_BYTES_MAX + Frames.MESSAGE_HEADER_BYTES_MAX) {
                refuse(context, MESSAGE_TOO_BIG, ErrorCode.FRAME_TOO_LARGE, "too much before Welcome");
            }
        }
        context.fireChannelReadComplete();
    }

    /** P-11: what reads the frames of the protocol has not seen a byte of this one, and has no deadline for it. */
    private void late(ChannelHandlerContext context) {
        refuse(
                context,
                null,
                ErrorCode.IDLE_TIMEOUT,
                "a frame of the WebSocket took longer than " + limits.frameSeconds() + " s");
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        cancelDeadline();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException violation) {
            WebSocketCloseStatus status = violation.closeStatus();
            refuse(
                    context,
                    status,
                    status.equals(MESSAGE_TOO_BIG) ? ErrorCode.FRAME_TOO_LARGE : ErrorCode.BAD_FRAME,
                    "WebSocket: " + violation.getMessage());
        } else {
            context.fireExceptionCaught(cause);
        }
    }

    /** @param status of the close frame; null for the one of the error */
    private void refuse(
            ChannelHandlerContext context, @Nullable WebSocketCloseStatus status, ErrorCode code, String text) {
        violated = status;
        context.fireExceptionCaught(new ProtocolException(code, text));
    }

    // ---- outbound ----

    @Override
    public int write(ChannelHandlerContext out, ByteBuf frame, ChannelPromise written) {
        if (Frames.showMessageHeader(frame)) {
            int bytes = frame.readableBytes();
            out.write(frame, written);
            return bytes;
        }
        ByteBuf header = Frames.messageHeader(out.alloc(), frame.readableBytes());
        int bytes = header.readableBytes() + frame.readableBytes();
        out.write(header, out.voidPromise());
        out.write(frame, written);
        return bytes;
    }

    @Override
    public Object lastWord(ByteBufAllocator allocator, @Nullable ByteBuf error, @Nullable ErrorCode code) {
        if (error == null || code == null) {
            return closeFrame(allocator, NORMAL_CLOSURE.code(), "");
        }
        int status = violated == null ? STATUS_OF_ERRORS + code.getNumber() : violated.code();
        ByteBuf close = closeFrame(allocator, status, code.name());
        return Frames.showMessageHeader(error)
                ? Unpooled.wrappedBuffer(error, close)
                : Unpooled.wrappedBuffer(Frames.messageHeader(allocator, error.readableBytes()), error, close);
    }

    private static ByteBuf closeFrame(ByteBufAllocator allocator, int status, String reason) {
        ByteBuf contents = Unpooled.buffer(CONTROL_BYTES_MAX).writeShort(status);
        contents.writeCharSequence(reason, StandardCharsets.US_ASCII);
        return control(allocator, OPCODE_CLOSE, contents);
    }

    private static ByteBuf control(ByteBufAllocator allocator, int opcode, ByteBuf contents) {
        return allocator
                .directBuffer(2 + contents.readableBytes())
                .writeByte(FINAL | opcode)
                .writeByte(contents.readableBytes())
                .writeBytes(contents, contents.readerIndex(), contents.readableBytes());
    }

    /** Netty's decoder, which tells whether a frame is not whole, and how much it keeps of it. */
    private static final class Decoder extends WebSocket13FrameDecoder {
        private boolean withinFrame;

        Decoder(int payloadBytesMax) {
            super(WebSocketDecoderConfig.newBuilder()
                    .expectMaskedFrames(true)
                    .allowMaskMismatch(false)
                    .allowExtensions(false)
                    .maxFramePayloadLength(payloadBytesMax)
                    .closeOnProtocolViolation(false)
                    .withUTF8Validator(false)
                    .build());
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
            int before = out.size();
            super.decode(context, in, out);
            withinFrame = out.size() == before;
        }

        /** Whether a frame has begun and not ended; of its header no bytes are kept. */
        boolean isWithinFrame() {
            return withinFrame;
        }

        int heldBytes() {
            return actualReadableBytes();
        }
    }
}
