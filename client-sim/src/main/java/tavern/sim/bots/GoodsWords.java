package tavern.sim.bots;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.Stack;

/** Goods in a bot's log: {@code gold=30,#17:bow}; nothing is the empty text. */
final class GoodsWords {
    private GoodsWords() {}

    static String of(Goods goods) {
        return join(
                stacks(goods.getStacksList().stream()),
                goods.getItemIdsList().stream().map(id -> "#" + id));
    }

    static String of(Inventory inventory) {
        return join(
                stacks(inventory.getStacksList().stream()),
                inventory.getItemsList().stream().map(item -> "#" + item.getId() + ":" + item.getKind()));
    }

    private static Stream<String> stacks(Stream<Stack> stacks) {
        return stacks.map(stack -> stack.getKind() + "=" + stack.getCount());
    }

    private static String join(Stream<String> stacks, Stream<String> items) {
        return Stream.concat(stacks, items).collect(Collectors.joining(","));
    }
}
