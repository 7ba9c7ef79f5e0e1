package tavern.server.room;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** P-2: a frame is the message's length as a varint32, then the message. */
public final class Frames {
    /**
     * Of all buffers: those of rooms are released by event loops. Pooled, where Netty's own default is adaptive; its
     * {@code -Dio.netty.allocator.type} holds where it is given.
     */
    public static final ByteBufAllocator ALLOCATOR = System.getProperty("io.netty.allocator.type") == null
            ? PooledByteBufAllocator.DEFAULT
            : ByteBufAllocator.DEFAULT;

    private Frames() {}

    /** The message as a frame in one direct buffer, which the caller releases. */
    public static ByteBuf encode(ByteBufAllocator allocator, MessageLite message) {
        int messageBytes = message.getSerializedSize();
        int frameBytes = CodedOutputStream.computeUInt32SizeNoTag(messageBytes) + messageBytes;
        ByteBuf frame = allocator.directBuffer(frameBytes, frameBytes);
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

    /** A copy of a frame, to be kept. */
    static byte[] copy(ByteBuf frame) {
        return ByteBufUtil.getBytes(frame);
    }

    /** The message as a frame on the heap, which nobody needs to release. */
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
