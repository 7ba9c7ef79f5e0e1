package tavern.server.books;

import java.util.SortedMap;

/**
 * Goods as shown to operators.
 *
 * @param stacks counts by kind
 * @param items kinds by id
 */
public record KnownGoods(SortedMap<String, Long> stacks, SortedMap<Long, String> items) {
    /** In words: {@code 30 gold, bow #17}. */
    public String words() {
        StringBuilder words = new StringBuilder();
        stacks.forEach(
                (kind, count) -> comma(words).append((long) count).append(' ').append(kind));
        items.forEach((id, kind) -> comma(words).append(kind).append(" #").append((long) id));
        return words.isEmpty() ? "nothing" : words.toString();
    }

    private static StringBuilder comma(StringBuilder words) {
        return words.isEmpty() ? words : words.append(", ");
    }
}
