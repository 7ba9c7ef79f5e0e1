package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import java.util.ArrayList;
import java.util.List;

/** The keys and arguments of a call to Redis; kept until the answer, because they may have to be sent again. */
final class ScriptArguments {
    private final List<String> keys = new ArrayList<>(8);
    private final List<Object> values = new ArrayList<>(32);

    static ScriptArguments of(String... keys) {
        ScriptArguments request = new ScriptArguments();
        request.keys.addAll(List.of(keys));
        return request;
    }

    ScriptArguments key(String key) {
        keys.add(key);
        return this;
    }

    ScriptArguments add(String value) {
        values.add(value);
        return this;
    }

    ScriptArguments add(long value) {
        values.add(Long.toString(value));
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
        CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        if (inFull) {
            args.add(script.text());
        } else {
            args.add(script.digest());
        }
        return append(args.add(keys.size()));
    }

    /** The arguments of a plain command. */
    CommandArgs<byte[], byte[]> plain() {
        return append(new CommandArgs<>(ByteArrayCodec.INSTANCE));
    }

    private CommandArgs<byte[], byte[]> append(CommandArgs<byte[], byte[]> args) {
        for (String key : keys) {
            args.addKey(key.getBytes(UTF_8));
        }
        for (Object value : values) {
            if (value instanceof byte[] bytes) {
                args.add(bytes);
            } else {
                args.add((String) value);
            }
        }
        return args;
    }
}
