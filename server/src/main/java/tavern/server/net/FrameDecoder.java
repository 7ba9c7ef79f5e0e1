package tavern.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;

/**
 * P-2 to P-4: bytes to frames, and those that are moves to {@link MoveMessage}s. A length is refused before a byte of the frame is kept, and a frame that does not end
 * in time is an end to its connection.
 */
final class FrameDecoder extends ByteToMessageDecoder {
    private static final int LENGTH_BYTES_MAX = 5;
    private static final int INCOMPLETE = -1;

    private final MoveMessage move = new MoveMessage();
    private final int frameSeconds;
    private int frameBytesMax;
    private boolean discarding;
    private @Nullable ScheduledFuture<?> deadline;

    FrameDecoder(int frameBytesMax, int frameSeconds) {
        this.frameBytesMax = frameBytesMax;
        this.frameSeconds = frameSeconds;
    }

    /** Other limits hold once the client is known. */
    void frameBytesMax(int bytes) {
        frameBytesMax = bytes;
    }

    /** Nothing that comes from now on is wanted. */
    void discardAll() {
        discarding = true;
        cancelDeadline();
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws ProtocolException {
        if (discarding) {
            in.skipBytes(in.readableBytes());
            return;
        }
        int start = in.readerIndex();
        int length = readLength(in);
        if (length == INCOMPLETE || in.readableBytes() < length) {
            in.readerIndex(start);
            return;
        }
        cancelDeadline();
        // Given on before the next frame is read: ByteToMessageDecoder promises that.
        out.add(move.read(in, length) ? move : in.readRetainedSlice(length));
    }

    /** The frame's length, or INCOMPLETE when more bytes are needed to tell. */
    private int readLength(ByteBuf in) throws ProtocolException {
        long length = 0;
        for (int i = 0; i < LENGTH_BYTES_MAX; i++) {
            if (!in.isReadable()) {
                return INCOMPLETE;
            }
            byte next = in.readByte();
            length |= (long) (next & 0x7f) << (7 * i);
            if (next >= 0) {
                return checked(length);
            }
        }
        throw refuse(ErrorCode.BAD_FRAME, "a length has at most " + LENGTH_BYTES_MAX + " bytes");
    }

    private int checked(long length) throws ProtocolException {
        if (length > frameBytesMax) {
            throw refuse(ErrorCode.FRAME_TOO_LARGE, "a frame of " + length + " bytes; at most " + frameBytesMax);
        }
        return (int) length;
    }

    private ProtocolException refuse(ErrorCode code, String text) {
        discarding = true;
        return new ProtocolException(code, text);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        if (actualReadableBytes() > 0 && deadline == null && !discarding) {
            deadline = context.executor().schedule(() -> late(context), frameSeconds, TimeUnit.SECONDS);
        }
        super.channelReadComplete(context);
    }

    private void late(ChannelHandlerContext context) {
        context.fireExceptionCaught(
                new ProtocolException(ErrorCode.IDLE_TIMEOUT, "a frame took longer than " + frameSeconds + " s"));
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        cancelDeadline();
    }
}
