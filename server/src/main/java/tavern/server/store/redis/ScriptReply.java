package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tavern.server.store.ForeignValueException;
import tavern.server.store.GoodsText;

/**
 * A reply of Redis, by position. The caller says what type a part must have; any other is a {@link
 * ForeignValueException}.
 */
record ScriptReply(List<? extends @Nullable Object> parts) {
    int size() {
        return parts.size();
    }

    boolean isNull(int index) {
        return parts.get(index) == null;
    }

    byte[] bytes(int index) {
        if (parts.get(index) instanceof byte[] bytes) {
            return bytes;
        }
        throw unexpected(index);
    }

    String text(int index) {
        return new String(bytes(index), UTF_8);
    }

    /** Returns an integer, or text that is one. */
    long number(int index) {
        return parts.get(index) instanceof Long number ? number : Decimal.parse(bytes(index));
    }

    GoodsText goods(int index) {
        return goods(text(index));
    }

    static GoodsText goods(String text) {
        try {
            return GoodsText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ForeignValueException("not goods: " + text);
        }
    }

    List<String> texts() {
        return IntStream.range(0, parts.size()).mapToObj(this::text).toList();
    }

    ScriptReply list(int index) {
        if (parts.get(index) instanceof List<?> list) {
            return new ScriptReply(list);
        }
        throw unexpected(index);
    }

    private ForeignValueException unexpected(int index) {
        return new ForeignValueException("unexpected answer " + parts.get(index));
    }
}
