package tavern.server.store.redis;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import tavern.server.game.Goods;

/** Goods as one word: {@code gold=30,potion=1,#17}; items after stacks, a new item with its kind: {@code #17:bow}. */
final class GoodsText {
    private GoodsText() {}

    static String of(Goods goods) {
        StringBuilder text = new StringBuilder();
        goods.stacks()
                .forEach((kind, count) -> comma(text).append(kind).append('=').append((long) count));
        goods.items().forEach(id -> comma(text).append('#').append((long) id));
        return text.toString();
    }

    private static StringBuilder comma(StringBuilder text) {
        return text.isEmpty() ? text : text.append(',');
    }

    static Goods parse(String text) {
        SortedMap<String, Long> stacks = new TreeMap<>();
        SortedMap<Long, String> items = new TreeMap<>();
        parse(text, stacks, items);
        return new Goods(stacks, new TreeSet<>(items.keySet()));
    }

    /** @param items gets kinds by id; the empty text for a kind that is not given */
    static void parse(String text, Map<String, Long> stacks, Map<Long, String> items) {
        for (int from = 0, to; from < text.length(); from = to + 1) {
            to = text.indexOf(',', from);
            to = to < 0 ? text.length() : to;
            String word = text.substring(from, to);
            if (word.startsWith("#")) {
                int colon = word.indexOf(':');
                int end = colon < 0 ? word.length() : colon;
                items.put(Decimal.parse(word.substring(1, end)), colon < 0 ? "" : word.substring(colon + 1));
            } else {
                int equals = word.lastIndexOf('=');
                if (equals < 0) {
                    throw new ForeignValueException("not goods: " + text);
                }
                stacks.put(word.substring(0, equals), Decimal.parse(word.substring(equals + 1)));
            }
        }
    }
}
