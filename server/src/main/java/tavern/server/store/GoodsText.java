package tavern.server.store;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import tavern.game.Goods;
import tavern.server.game.Sorted;

/**
 * Goods as one word: {@code gold=30,potion=1,#17}; items after stacks, a new item with its kind: {@code #17:bow}. Names
 * of kinds contain none of these signs.
 *
 * @param items kinds by id; empty text for a kind that is not given
 */
public record GoodsText(SortedMap<String, Long> stacks, SortedMap<Long, String> items) {
    public GoodsText {
        stacks = Sorted.copy(stacks);
        items = Sorted.copy(items);
    }

    public static String of(Goods goods) {
        StringBuilder text = new StringBuilder();
        goods.stacks()
                .forEach((kind, count) -> comma(text).append(kind).append('=').append((long) count));
        goods.items().forEach(id -> comma(text).append('#').append((long) id));
        return text.toString();
    }

    private static StringBuilder comma(StringBuilder text) {
        return text.isEmpty() ? text : text.append(',');
    }

    /** @throws IllegalArgumentException when the text does not describe goods */
    public static GoodsText parse(String text) {
        SortedMap<String, Long> stacks = new TreeMap<>();
        SortedMap<Long, String> items = new TreeMap<>();
        for (int from = 0, to; from < text.length(); from = to + 1) {
            to = text.indexOf(',', from);
            to = to < 0 ? text.length() : to;
            String word = text.substring(from, to);
            if (word.startsWith("#")) {
                int colon = word.indexOf(':');
                int end = colon < 0 ? word.length() : colon;
                items.put(Long.parseLong(word.substring(1, end)), colon < 0 ? "" : word.substring(colon + 1));
            } else {
                int equals = word.lastIndexOf('=');
                if (equals < 0) {
                    throw new IllegalArgumentException("not goods: " + text);
                }
                stacks.put(word.substring(0, equals), Long.parseLong(word.substring(equals + 1)));
            }
        }
        return new GoodsText(stacks, items);
    }

    public Goods goods() {
        return new Goods(stacks, new TreeSet<>(items.keySet()));
    }
}
