package tavern.server.net;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;

/**
 * P-2 to P-4: decodes bytes to frames and frames to messages. A length is refused before any byte of the frame is kept,
 * and a frame that does not end in time ends its connection.
 *
 * <p>The receiver of the messages extends this class: one handler and one context for each of thousands of connections,
 * and none of the superclass's lists for a move.
 */
abstract class MessageDecoder extends ByteToMessageDecoder {
    private static final int LENGTH_BYTES_MAX = 5;
    private static final int INCOMPLETE = -1;

    /** The deepest legitimate message (a trade's stacks) has four levels. */
    private static final int NESTING_MAX = 16;

    private final MoveMessage move;
    private final int frameSeconds;
    private int frameBytesMax;
    private boolean discarding;
    private @Nullable ScheduledFuture<?> deadline;

    /** @param move used for reading; all connections of a loop may share it */
    MessageDecoder(MoveMessage move, int frameBytesMax, int frameSeconds) {
        this.move = move;
        this.frameBytesMax = frameBytesMax;
        this.frameSeconds = frameSeconds;
    }

    /** Handles a {@code Move}, which comes too often to be made an object. */
    abstract void onMove(int seq, int x, int y);

    /** Handles any other message, and a {@code Move} that is not encoded in the usual form. */
    abstract void onMessage(ClientMessage message);

    /** Called when bytes of an unfinished frame are kept. */
    abstract void onHeld();

    /** Changes the limit: other limits hold once the client is known. */
    final void frameBytesMax(int bytes) {
        frameBytesMax = bytes;
    }

    /** The number of bytes kept of an unfinished frame. */
    final int heldBytes() {
        return actualReadableBytes();
    }

    /** Discards everything that comes from now on. */
    final void discardAll() {
        discarding = true;
        cancelDeadline();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof ByteBuf bytes && actualReadableBytes() == 0 && readMoves(bytes)) {
            return;
        }
        super.channelRead(context, message);
    }

    /**
     * Reads the common case, a single complete move, which needs no reassembly of frames.
     *
     * @return whether that was all; in that case the bytes are released, and also when it throws
     */
    private boolean readMoves(ByteBuf bytes) {
        boolean all = true;
        try {
            while (all && bytes.isReadable()) {
                all = !discarding && readMove(bytes);
            }
        } finally {
            if (all) {
                bytes.release();
            }
        }
        return all;
    }

    /** @return false when no complete move comes next; nothing has been read then */
    private boolean readMove(ByteBuf in) {
        int start = in.readerIndex();
        // A frame with a longer length is no move.
        int length = in.readByte();
        if (length >= 0 && length <= Math.min(frameBytesMax, in.readableBytes()) && move.read(in, length)) {
            onMove(move.seq(), move.x(), move.y());
            return true;
        }
        in.readerIndex(start);
        return false;
    }

    @Override
    protected final void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws ProtocolException {
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
        try {
            if (move.read(in, length)) {
                onMove(move.seq(), move.x(), move.y());
            } else {
                onMessage(parse(in, length));
            }
        } catch (ProtocolException e) {
            throw e;
        } catch (RuntimeException e) {
            // The superclass would report it as bytes that cannot be decoded.
            exceptionCaught(context, e);
        }
    }

    /** The frame's length, or INCOMPLETE when it takes more bytes to tell. */
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

    private static ClientMessage parse(ByteBuf in, int length) throws ProtocolException {
        CodedInputStream bytes = CodedInputStream.newInstance(in.nioBuffer(in.readerIndex(), length));
        in.skipBytes(length);
        bytes.setRecursionLimit(NESTING_MAX);
        try {
            return ClientMessage.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException(ErrorCode.BAD_MESSAGE, "a frame that is no ClientMessage");
        } catch (IOException e) {
            throw new IllegalStateException("reading memory failed", e);
        }
    }

    @Override
    public final void channelReadComplete(ChannelHandlerContext context) throws Exception {
        if (actualReadableBytes() > 0 && !discarding) {
            if (deadline == null) {
                deadline = context.executor().schedule(() -> late(context), frameSeconds, TimeUnit.SECONDS);
            }
            onHeld();
        }
        super.channelReadComplete(context);
    }

    private void late(ChannelHandlerContext context) {
        exceptionCaught(
                context,
                new ProtocolException(ErrorCode.IDLE_TIMEOUT, "a frame took longer than " + frameSeconds + " s"));
    }

    /** Handles a violation of the protocol, or a failure. */
    @Override
    public abstract void exceptionCaught(ChannelHandlerContext context, Throwable cause);

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
