package tavern.server.game;

import java.text.Normalizer;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes a line of chat fit to be read by all. Pure; called on room threads and for whispers, on several at once. */
@FunctionalInterface
public interface WordFilter {
    /**
     * What to show instead.
     *
     * @param text as {@link ChatText#clean} gives it
     */
    String filter(String text);

    /** Puts an asterisk for each character of these words where they stand alone, whatever their case. */
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
