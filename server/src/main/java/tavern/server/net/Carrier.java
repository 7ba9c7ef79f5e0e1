package tavern.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;

/**
 * What carries the frames of a connection: plain TCP (or TLS), or the messages of a WebSocket. Confined to the
 * connection's loop.
 */
interface Carrier {
    /** The frames themselves, one after another. */
    Carrier STREAM = new Carrier() {
        @Override
        public int write(ChannelHandlerContext out, ByteBuf frame, ChannelPromise written) {
            int bytes = frame.readableBytes();
            out.write(frame, written);
            return bytes;
        }

        @Override
        public Object lastWord(ByteBufAllocator allocator, @Nullable ByteBuf error, @Nullable ErrorCode code) {
            return error == null ? Unpooled.EMPTY_BUFFER : error;
        }
    };

    /** Writes a frame, whose release it takes over. @return the bytes that it takes on the wire, before encryption */
    int write(ChannelHandlerContext out, ByteBuf frame, ChannelPromise written);

    /**
     * The last thing that is written.
     *
     * @param error the frame with the error; null when the client has said goodbye
     * @param code of the error
     */
    Object lastWord(ByteBufAllocator allocator, @Nullable ByteBuf error, @Nullable ErrorCode code);

    /** The bytes that it keeps of what has come in. */
    default int heldBytes() {
        return 0;
    }
}
