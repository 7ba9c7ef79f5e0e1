package tavern.server.net;

import io.netty.buffer.ByteBuf;

/**
 * Reads a {@code ClientMessage} that is a {@code Move}, which most messages are, without garbage. There is one for each
 * event loop, valid until its next frame.
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
    private int end;
    private boolean malformed;

    int seq() {
        return seq;
    }

    /** The place in 1/16 of a unit, like {@link #y}. */
    int x() {
        return x;
    }

    int y() {
        return y;
    }

    /**
     * Reads a frame as every protobuf library encodes a move: known fields in their order, each once. Any other frame,
     * valid or not, is left to the general parser.
     *
     * @param in at the frame's first byte, with the complete frame available
     * @return false when it is not of this form; nothing has been read then
     */
    boolean read(ByteBuf in, int length) {
        int start = in.readerIndex();
        end = start + length;
        malformed = false;
        seq = readField(in, TAG_SEQ);
        if (isNext(in, TAG_MOVE) && readVarint(in) == end - in.readerIndex()) {
            x = zigZag(readField(in, TAG_X));
            y = zigZag(readField(in, TAG_Y));
            if (!malformed && in.readerIndex() == end) {
                return true;
            }
        }
        in.readerIndex(start);
        return false;
    }

    private boolean isNext(ByteBuf in, int tag) {
        if (in.readerIndex() < end && in.getByte(in.readerIndex()) == tag) {
            in.skipBytes(1);
            return true;
        }
        return false;
    }

    /** Reads a field; one that is missing is 0. */
    private int readField(ByteBuf in, int tag) {
        return isNext(in, tag) ? readVarint(in) : 0;
    }

    private int readVarint(ByteBuf in) {
        int value = 0;
        for (int i = 0; i < VARINT_BYTES_MAX && in.readerIndex() < end; i++) {
            byte next = in.readByte();
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
