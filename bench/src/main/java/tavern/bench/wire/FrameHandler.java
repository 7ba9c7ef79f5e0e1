package tavern.bench.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CorruptedFrameException;

/**
 * Splits received bytes into frames (a varint32 length, then that many bytes) in place, without slices or objects. Only
 * a frame that arrives in several reads is copied.
 */
public abstract class FrameHandler extends ChannelInboundHandlerAdapter {
    private static final int FRAME_BYTES_MAX = 16 * 1024 * 1024;
    private static final int INCOMPLETE = -1;

    private ByteBuf kept = Unpooled.EMPTY_BUFFER;

    /** Handles a whole frame, from {@code start} up to {@code end}, on the event loop. Must not keep the buffer. */
    protected abstract void frame(ByteBuf in, int start, int end);

    /** Called when all frames of one read have been handed over. */
    protected void readComplete() {
        // Nothing to do.
    }

    @Override
    public final void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (kept.isReadable()) {
            kept.writeBytes(in);
            in.release();
            cut(kept);
            if (kept.isReadable()) {
                kept.discardReadBytes();
            } else {
                forget();
            }
            return;
        }
        try {
            cut(in);
            if (in.isReadable()) {
                kept = context.alloc().buffer(Math.max(256, in.readableBytes() * 2));
                kept.writeBytes(in);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public final void channelReadComplete(ChannelHandlerContext context) {
        readComplete();
    }

    private void cut(ByteBuf in) {
        int end = in.writerIndex();
        while (in.isReadable()) {
            int start = in.readerIndex();
            int length = length(in);
            if (length == INCOMPLETE || end - in.readerIndex() < length) {
                in.readerIndex(start);
                return;
            }
            int body = in.readerIndex();
            in.readerIndex(body + length);
            frame(in, body, body + length);
        }
    }

    private static int length(ByteBuf in) {
        int length = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            if (!in.isReadable()) {
                return INCOMPLETE;
            }
            byte next = in.readByte();
            length |= (next & 0x7f) << shift;
            if (next >= 0) {
                if (length < 0 || length > FRAME_BYTES_MAX) {
                    break;
                }
                return length;
            }
        }
        throw new CorruptedFrameException("invalid frame length");
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        forget();
        super.channelInactive(context);
    }

    private void forget() {
        kept.release();
        kept = Unpooled.EMPTY_BUFFER;
    }
}
