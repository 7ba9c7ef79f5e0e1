package tavern.server.game;

import java.text.Normalizer;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Filters chat lines before others read them. Pure; called on several threads at once, for rooms and for whispers. */
@FunctionalInterface
public interface WordFilter {
    /**
     * Returns the text to show instead.
     *
     * @param text the text as returned by {@link ChatText#clean}
     */
    String filter(String text);

    /** Replaces each character of these words with an asterisk where they stand alone, ignoring case. */
    static WordFilter of(List<String> words) {
        if (words.isEmpty()) {
            return text -> text;
        }
        String anyWord = words.stream()
                .map(word -> Pattern.quote(Normalizer.normalize(word, Normalizer.Form.NFC)))
                .collect(Collectors.joining("|"));
        Pattern pattern = Pattern.compile(
                "(?<![\\p{L}\\p{N}])(?:" + anyWord + ")(?![\\p{L}\\p{N}])",
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
        return text -> pattern.matcher(text).replaceAll(found -> {
            String word = found.group();
            return "*".repeat(word.codePointCount(0, word.length()));
        });
    }
}
