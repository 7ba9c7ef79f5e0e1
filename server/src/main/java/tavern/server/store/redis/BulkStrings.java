package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Arguments of a command, encoded as they are added: each is {@code $<bytes>\r\n<bytes>\r\n}, a bulk string of RESP
 * (https://redis.io/docs/latest/develop/reference/protocol-spec/). Not safe for use by several threads, except to read.
 */
final class BulkStrings {
    /** What stands around an argument: a sign, its length, two ends of lines. */
    private static final int FRAME_BYTES_MAX = 16;

    private byte[] encoded;
    private int size;
    private int count;

    /** @param bytes as many as most need; when there are more, the buffer is replaced by one of twice the size */
    BulkStrings(int bytes) {
        encoded = new byte[bytes];
    }

    BulkStrings add(String value) {
        int before = size;
        int length = value.length();
        begin(length);
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c >= 0x80) {
                size = before;
                return add(value.getBytes(UTF_8));
            }
            encoded[size++] = (byte) c;
        }
        return end();
    }

    BulkStrings add(long value) {
        if (value < 0) {
            return add(Long.toString(value));
        }
        begin(digits(value));
        put(value);
        return end();
    }

    BulkStrings add(byte[] value) {
        begin(value.length);
        System.arraycopy(value, 0, encoded, size, value.length);
        size += value.length;
        return end();
    }

    /** How many arguments. */
    int count() {
        return count;
    }

    /** How many bytes they are. */
    int size() {
        return size;
    }

    void writeTo(ByteBuf out) {
        out.writeBytes(encoded, 0, size);
    }

    /** Makes room for an argument of so many bytes, and writes what precedes it. */
    private void begin(int bytes) {
        int needed = Math.addExact(size, Math.addExact(bytes, FRAME_BYTES_MAX));
        if (needed > encoded.length) {
            encoded = Arrays.copyOf(encoded, Math.max(needed, Math.addExact(encoded.length, encoded.length)));
        }
        encoded[size++] = '$';
        put(bytes);
        endLine();
    }

    private BulkStrings end() {
        endLine();
        count++;
        return this;
    }

    private void endLine() {
        encoded[size++] = '\r';
        encoded[size++] = '\n';
    }

    private void put(long value) {
        size += digits(value);
        int at = size;
        long rest = value;
        do {
            encoded[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
    }

    private static int digits(long value) {
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        return digits;
    }
}
