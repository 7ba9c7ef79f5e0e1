package tavern.bench.wire;

import io.netty.buffer.ByteBuf;

/** Protobuf's variable-length integers, encoded by hand. */
public final class Varints {
    private Varints() {}

    /** The number of bytes that a value's encoding takes. */
    public static int bytes(int value) {
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }

    public static void write(ByteBuf out, int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    /** @return the index after the written value */
    public static int write(byte[] out, int at, int value) {
        int index = at;
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out[index++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out[index++] = (byte) rest;
        return index;
    }

    public static int zigZag(int value) {
        return (value << 1) ^ (value >> 31);
    }

    public static int unZigZag(int value) {
        return (value >>> 1) ^ -(value & 1);
    }
}
