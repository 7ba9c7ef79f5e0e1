package tavern.bench.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Reads a frame's values one after another; reused for each frame. Confined to one thread. */
public final class Cursor {
    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private int at;
    private int end;

    public Cursor over(ByteBuf buffer, int from, int to) {
        in = buffer;
        at = from;
        end = to;
        return this;
    }

    public boolean isAtEnd() {
        return at >= end;
    }

    public int position() {
        return at;
    }

    public void position(int to) {
        at = to;
    }

    /** Reads a varint and returns its lower 32 bits. */
    public int varint() {
        byte next = in.getByte(at++);
        int value = next & 0x7f;
        for (int shift = 7; next < 0; shift += 7) {
            next = in.getByte(at++);
            if (shift < 32) {
                value |= (next & 0x7f) << shift;
            }
        }
        return value;
    }

    /** Skips the value of a field. */
    public void skip(int tag) {
        switch (tag & 7) {
            case 0 -> varint();
            case 1 -> at += 8;
            case 2 -> {
                int length = varint();
                at += length;
            }
            case 5 -> at += 4;
            default -> throw new IllegalArgumentException("wire type " + (tag & 7));
        }
    }
}
