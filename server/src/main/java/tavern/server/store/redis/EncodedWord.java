package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import tavern.server.store.ForeignValueException;

/** A text, URL-encoded so that it is a single word. */
final class EncodedWord {
    private EncodedWord() {}

    static String of(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    static String decode(String word) {
        try {
            return URLDecoder.decode(word, UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ForeignValueException("not a word of ours: " + word);
        }
    }
}
