package tavern.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.TooLongFrameException;
import java.util.List;

/** Splits the stream into frames: a varint32 length, then that many bytes. */
final class FrameDecoder extends ByteToMessageDecoder {
    private final int frameBytesMax;

    FrameDecoder(int frameBytesMax) {
        this.frameBytesMax = frameBytesMax;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        int start = in.readerIndex();
        int length = 0;
        int shift = 0;
        byte next;
        do {
            if (!in.isReadable()) {
                in.readerIndex(start);
                return;
            }
            next = in.readByte();
            // The fifth byte has only four bits left, and no byte may follow it.
            if (shift == 28 && (next & 0xf0) != 0) {
                throw new CorruptedFrameException("a length that is not a varint32");
            }
            length |= (next & 0x7f) << shift;
            shift += 7;
        } while (next < 0);
        if (length < 0 || length > frameBytesMax) {
            throw new TooLongFrameException(
                    "a frame of " + Integer.toUnsignedString(length) + " bytes; at most " + frameBytesMax);
        }
        if (in.readableBytes() < length) {
            in.readerIndex(start);
            return;
        }
        out.add(in.readRetainedSlice(length));
    }
}
