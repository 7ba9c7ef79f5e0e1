package tavern.server.ops.books;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import tavern.server.game.Goods;

/** Goods as one word: {@code gold=30,potion=1,#17}. */
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
        SortedSet<Long> items = new TreeSet<>();
        for (String word : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                items.add(Long.parseLong(word.substring(1)));
            } else {
                stacks.put(word.substring(0, equals), Long.parseLong(word.substring(equals + 1)));
            }
        }
        return new Goods(stacks, items);
    }
}
