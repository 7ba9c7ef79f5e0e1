package tavern.server.room;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * P-2: a frame is the message's length as a varint32, then the message.
 *
 * <p>In the buffers that are made here the header of a WebSocket message with this frame comes first, hidden in front of
 * the reader index: a room encodes a frame once, and both kinds of connections write the same memory.
 */
public final class Frames {
    /** The most bytes in front of the contents of a WebSocket message, the mask of a client included. */
    public static final int MESSAGE_HEADER_BYTES_MAX = 14;

    /** A whole binary message. */
    private static final int FINAL_BINARY = 0x82;

    private static final int SHORT_LENGTH_MAX = 125;
    private static final int LENGTH_16_BITS = 126;
    private static final int LENGTH_64_BITS = 127;
    private static final int LENGTH_16_MAX = 0xffff;

    /**
     * Allocates all buffers: those of rooms are released by event loops. It is pooled, where Netty's own default is
     * adaptive; {@code -Dio.netty.allocator.type} takes precedence where it is given.
     */
    public static final ByteBufAllocator ALLOCATOR = System.getProperty("io.netty.allocator.type") == null
            ? PooledByteBufAllocator.DEFAULT
            : ByteBufAllocator.DEFAULT;

    private Frames() {}

    /** The message as a frame in one buffer, which the caller releases. */
    public static ByteBuf encode(ByteBufAllocator allocator, MessageLite message) {
        int messageBytes = message.getSerializedSize();
        int frameBytes = CodedOutputStream.computeUInt32SizeNoTag(messageBytes) + messageBytes;
        ByteBuf frame = buffer(allocator, frameBytes);
        ByteBuffer target = frame.internalNioBuffer(frame.writerIndex(), frameBytes);
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(target);
            out.writeUInt32NoTag(messageBytes);
            message.writeTo(out);
            out.flush();
        } catch (IOException e) {
            frame.release();
            throw new UncheckedIOException("a buffer of the computed size was too small", e);
        }
        return frame.writerIndex(frame.writerIndex() + frameBytes);
    }

    /**
     * Allocates a direct buffer, as sockets want it, or one on the heap when direct memory is used up: a message to
     * everybody in a room must not be lost for all of them. A connection that cannot get direct memory when it writes
     * the frame is closed alone.
     *
     * @param frameBytes exactly as many as the frame is going to have
     */
    static ByteBuf buffer(ByteBufAllocator allocator, int frameBytes) {
        ByteBuf buffer = withHeader(allocator, frameBytes, frameBytes);
        return buffer.readerIndex(buffer.writerIndex());
    }

    /** The header alone, for a frame whose buffer was not made here. */
    public static ByteBuf messageHeader(ByteBufAllocator allocator, int frameBytes) {
        return withHeader(allocator, frameBytes, 0);
    }

    /** Moves the reader index to the header. @return false when none is in front of the frame */
    public static boolean showMessageHeader(ByteBuf frame) {
        boolean isThere = frame.readerIndex() > 0;
        frame.readerIndex(0);
        return isThere;
    }

    /** @param room for this many bytes behind the header */
    private static ByteBuf withHeader(ByteBufAllocator allocator, int frameBytes, int room) {
        int headerBytes = frameBytes <= SHORT_LENGTH_MAX ? 2 : frameBytes <= LENGTH_16_MAX ? 4 : 10;
        ByteBuf buffer = allocate(allocator, headerBytes + room).writeByte(FINAL_BINARY);
        return switch (headerBytes) {
            case 2 -> buffer.writeByte(frameBytes);
            case 4 -> buffer.writeByte(LENGTH_16_BITS).writeShort(frameBytes);
            default -> buffer.writeByte(LENGTH_64_BITS).writeLong(frameBytes);
        };
    }

    private static ByteBuf allocate(ByteBufAllocator allocator, int bytes) {
        try {
            return allocator.directBuffer(bytes, bytes);
        } catch (OutOfMemoryError e) {
            return Unpooled.buffer(bytes, bytes);
        }
    }

    /** A frame that is kept on the heap, in a buffer of its own, which the caller releases. */
    static ByteBuf copy(ByteBufAllocator allocator, byte[] frame) {
        return buffer(allocator, frame.length).writeBytes(frame);
    }

    /** Encodes the message as a frame on the heap, which needs no release. */
    static byte[] copyOf(MessageLite message) {
        int messageBytes = message.getSerializedSize();
        byte[] frame = new byte[CodedOutputStream.computeUInt32SizeNoTag(messageBytes) + messageBytes];
        CodedOutputStream out = CodedOutputStream.newInstance(frame);
        try {
            out.writeUInt32NoTag(messageBytes);
            message.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("an array of the computed size was too small", e);
        }
        return frame;
    }
}
