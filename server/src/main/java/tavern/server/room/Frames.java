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

/** P-2: a frame is the message's length as a varint32, then the message. */
public final class Frames {
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
        ByteBuffer target = frame.internalNioBuffer(0, frameBytes);
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(target);
            out.writeUInt32NoTag(messageBytes);
            message.writeTo(out);
            out.flush();
        } catch (IOException e) {
            frame.release();
            throw new UncheckedIOException("a buffer of the computed size was too small", e);
        }
        return frame.writerIndex(frameBytes);
    }

    /**
     * Allocates a direct buffer, as sockets want it, or one on the heap when direct memory is used up: a message to
     * everybody in a room must not be lost for all of them. A connection that cannot get direct memory when it writes
     * the frame is closed alone.
     */
    static ByteBuf buffer(ByteBufAllocator allocator, int bytes) {
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
