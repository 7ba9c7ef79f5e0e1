package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys and arguments of a call to Redis; kept until the answer, because they may have to be sent again. The caller's
 * thread encodes them, for Lettuce has one thread for the calls of all rooms.
 */
final class ScriptArguments {
    /** The keys of most transactions, and their values, and a script's digest with the number of keys. */
    private static final int KEY_BYTES = 256;

    private static final int VALUE_BYTES = 1024;
    private static final int HEAD_BYTES = 64;

    private final List<String> keys = new ArrayList<>(8);
    private final BulkStrings encodedKeys = new BulkStrings(KEY_BYTES);
    private final BulkStrings values = new BulkStrings(VALUE_BYTES);

    static ScriptArguments of(String... keys) {
        ScriptArguments request = new ScriptArguments();
        for (String key : keys) {
            request.key(key);
        }
        return request;
    }

    ScriptArguments key(String key) {
        keys.add(key);
        encodedKeys.add(key);
        return this;
    }

    ScriptArguments add(String value) {
        values.add(value);
        return this;
    }

    ScriptArguments add(long value) {
        values.add(value);
        return this;
    }

    ScriptArguments add(byte[] value) {
        values.add(value);
        return this;
    }

    List<String> keys() {
        return keys;
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
            return (script == null ? 0 : 2) + request.encodedKeys.count() + request.values.count();
        }

        @Override
        public @Nullable ByteBuffer getFirstEncodedKey() {
            return request.keys.isEmpty()
                    ? null
                    : ByteBuffer.wrap(request.keys.get(0).getBytes(UTF_8));
        }

        @Override
        public void encode(ByteBuf out) {
            out.ensureWritable(HEAD_BYTES + request.encodedKeys.size() + request.values.size());
            if (script != null) {
                new BulkStrings(HEAD_BYTES).add(script).add(request.keys.size()).writeTo(out);
            }
            request.encodedKeys.writeTo(out);
            request.values.writeTo(out);
        }
    }
}
