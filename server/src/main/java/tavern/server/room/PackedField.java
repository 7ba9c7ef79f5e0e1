package tavern.server.room;

import io.netty.buffer.ByteBuf;

/** A packed repeated field of varints, in a reused array. */
@OnRoomThread
final class PackedField {
    private static final int INT_BYTES_MAX = 5;
    private static final int LONG_BYTES_MAX = 10;

    private final int tag;
    private byte[] bytes = new byte[64];
    private int length;

    PackedField(int number) {
        tag = (number << 3) | 2;
    }

    /** Empties it, with a place for so many values of 32 bits. */
    void clear(int values) {
        length = 0;
        if (bytes.length < values * INT_BYTES_MAX) {
            bytes = new byte[values * INT_BYTES_MAX * 2];
        }
    }

    /** As {@link #clear}, for values of 64 bits. */
    void clearLongs(int values) {
        clear(values * (LONG_BYTES_MAX / INT_BYTES_MAX));
    }

    void add(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            bytes[length++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    /** Adds a value in zigzag encoding. */
    void addSigned(long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    int encodedBytes() {
        return length == 0 ? 0 : varintBytes(tag) + varintBytes(length) + length;
    }

    void write(ByteBuf out) {
        if (length > 0) {
            writeVarint(out, tag);
            writeVarint(out, length);
            out.writeBytes(bytes, 0, length);
        }
    }

    static int varintBytes(int value) {
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }

    static void writeVarint(ByteBuf out, int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }
}
