package tavern.server.net;

import io.netty.buffer.ByteBuf;

/**
 * A {@code ClientMessage} that is a {@code Move}, read without garbage: most of what clients send. One for each
 * connection, good until its next frame.
 */
final class MoveMessage {
    private static final int TAG_SEQ = 1 << 3;
    private static final int TAG_MOVE = (3 << 3) | 2;
    private static final int TAG_X = 1 << 3;
    private static final int TAG_Y = 2 << 3;
    private static final int VARINT_BYTES_MAX = 5;

    private int seq;
    private int x;
    private int y;
    private boolean malformed;

    int seq() {
        return seq;
    }

    /** In 1/16 of a unit, like {@link #y}. */
    int x() {
        return x;
    }

    int y() {
        return y;
    }

    /**
     * Reads a frame as every protobuf library writes a move: known fields in their order, each once. For any other, valid
     * or not, the general parser is asked.
     *
     * @return false when it is not of this form; the frame is unchanged then
     */
    boolean read(ByteBuf frame) {
        int start = frame.readerIndex();
        malformed = false;
        seq = readField(frame, TAG_SEQ);
        if (isNext(frame, TAG_MOVE) && readVarint(frame) == frame.readableBytes()) {
            x = zigZag(readField(frame, TAG_X));
            y = zigZag(readField(frame, TAG_Y));
            if (!malformed && !frame.isReadable()) {
                return true;
            }
        }
        frame.readerIndex(start);
        return false;
    }

    private static boolean isNext(ByteBuf frame, int tag) {
        if (frame.isReadable() && frame.getByte(frame.readerIndex()) == tag) {
            frame.skipBytes(1);
            return true;
        }
        return false;
    }

    /** A field that is not there is 0. */
    private int readField(ByteBuf frame, int tag) {
        return isNext(frame, tag) ? readVarint(frame) : 0;
    }

    private int readVarint(ByteBuf frame) {
        int value = 0;
        for (int i = 0; i < VARINT_BYTES_MAX && frame.isReadable(); i++) {
            byte next = frame.readByte();
            value |= (next & 0x7f) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        malformed = true;
        return -1;
    }

    private static int zigZag(int encoded) {
        return (encoded >>> 1) ^ -(encoded & 1);
    }
}
