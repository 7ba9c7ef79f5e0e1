package tavern.sim.check;

import java.util.Arrays;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.Stack;

/** Reads goods as words: {@code gold=30,#17:bow}, with kinds of items or without. */
final class LoggedGoods {
    private LoggedGoods() {}

    static Goods goods(String words) {
        Goods.Builder goods = Goods.newBuilder();
        inventory(words).getStacksList().forEach(goods::addStacks);
        inventory(words).getItemsList().forEach(item -> goods.addItemIds(item.getId()));
        return goods.build();
    }

    /** Sorted, so that two of the same contents are equal. */
    static Inventory inventory(String words) {
        Inventory.Builder all = Inventory.newBuilder();
        if (!words.isEmpty()) {
            Arrays.stream(words.split(",")).sorted().forEach(word -> add(all, word));
        }
        return all.build();
    }

    private static void add(Inventory.Builder all, String word) {
        int equals = word.lastIndexOf('=');
        if (word.startsWith("#")) {
            String[] item = word.substring(1).split(":", 2);
            all.addItems(Item.newBuilder().setId(Long.parseLong(item[0])).setKind(item.length > 1 ? item[1] : ""));
        } else if (equals > 0) {
            all.addStacks(Stack.newBuilder()
                    .setKind(word.substring(0, equals))
                    .setCount(Long.parseLong(word.substring(equals + 1))));
        } else {
            throw new IllegalArgumentException("not goods: " + word);
        }
    }
}
