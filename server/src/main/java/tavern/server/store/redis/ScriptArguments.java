package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys and arguments of a call to Redis; kept until the answer, because they may have to be sent again. Arguments are
 * encoded as they are added, for Lettuce has one thread for the calls of all rooms.
 *
 * <p>Each is {@code $<bytes>\r\n<bytes>\r\n}: a bulk string of RESP,
 * https://redis.io/docs/latest/develop/reference/protocol-spec/.
 */
final class ScriptArguments {
    /** Enough for most transactions; a buffer that is too small is replaced by one of twice the size. */
    private static final int BYTES_AT_FIRST = 1024;

    /** What stands around an argument: a sign, its length, two ends of lines. */
    private static final int FRAME_BYTES_MAX = 16;

    private final List<String> keys = new ArrayList<>(8);

    private byte[] encoded = new byte[BYTES_AT_FIRST];
    private int size;
    private int count;

    static ScriptArguments of(String... keys) {
        ScriptArguments request = new ScriptArguments();
        for (String key : keys) {
            request.keys.add(key);
        }
        return request;
    }

    ScriptArguments key(String key) {
        keys.add(key);
        return this;
    }

    ScriptArguments add(String value) {
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

    ScriptArguments add(long value) {
        if (value < 0) {
            return add(Long.toString(value));
        }
        begin(digits(value));
        put(value);
        return end();
    }

    ScriptArguments add(byte[] value) {
        begin(value.length);
        System.arraycopy(value, 0, encoded, size, value.length);
        size += value.length;
        return end();
    }

    List<String> keys() {
        return keys;
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

    private ScriptArguments end() {
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

    /** The arguments of a script call. */
    CommandArgs<byte[], byte[]> call(Script script, boolean inFull) {
        return new Encoded(this, inFull ? script.text() : script.digest());
    }

    /** The arguments of a plain command. */
    CommandArgs<byte[], byte[]> plain() {
        return new Encoded(this, null);
    }

    /** What Lettuce asks for: to send it, and to find the server of a cluster that has the first key. */
    private static final class Encoded extends CommandArgs<byte[], byte[]> {
        private static final int CRLF = '\r' << 8 | '\n';

        private final ScriptArguments request;
        private final byte @Nullable [] script;

        /** @param script its text or digest; null for a plain command */
        Encoded(ScriptArguments request, byte @Nullable [] script) {
            super(ByteArrayCodec.INSTANCE);
            this.request = request;
            this.script = script;
        }

        @Override
        public int count() {
            return (script == null ? 0 : 2) + request.keys.size() + request.count;
        }

        @Override
        public @Nullable ByteBuffer getFirstEncodedKey() {
            return request.keys.isEmpty()
                    ? null
                    : ByteBuffer.wrap(request.keys.get(0).getBytes(UTF_8));
        }

        @Override
        public void encode(ByteBuf out) {
            int bytes = request.size + (script == null ? 0 : script.length + 2 * FRAME_BYTES_MAX);
            for (String key : request.keys) {
                bytes += ByteBufUtil.utf8MaxBytes(key) + FRAME_BYTES_MAX;
            }
            out.ensureWritable(bytes);
            if (script != null) {
                begin(out, script.length);
                out.writeBytes(script).writeShort(CRLF);
                begin(out, digits(request.keys.size()));
                ByteBufUtil.writeAscii(out, Integer.toString(request.keys.size()));
                out.writeShort(CRLF);
            }
            for (String key : request.keys) {
                begin(out, ByteBufUtil.utf8Bytes(key));
                ByteBufUtil.writeUtf8(out, key);
                out.writeShort(CRLF);
            }
            out.writeBytes(request.encoded, 0, request.size);
        }

        private static void begin(ByteBuf out, int bytes) {
            out.writeByte('$');
            ByteBufUtil.writeAscii(out, Integer.toString(bytes));
            out.writeShort(CRLF);
        }

        /** For Lettuce's messages about commands that fail. */
        @Override
        public String toString() {
            return request.keys + " and " + request.count + " arguments";
        }

        @Override
        public String toCommandString() {
            return toString();
        }
    }
}
